package message

var contactsCase = typeCase{
	smallest: given{body: j{"contacts": a{j{"name": j{"formatted_name": "A", "suffix": "B"}}}}},
	largest: given{body: j{"contacts": times(257, func(int) any {
		return j{
			"name":      j{"formatted_name": "Dr A B C Jr", "first_name": "A", "middle_name": "B", "last_name": "C", "prefix": "Dr", "suffix": "Jr"},
			"phones":    a{j{"phone": "+1 650 555 1234", "type": "HOME", "wa_id": "16505551234"}, j{"phone": "1"}},
			"emails":    a{j{"email": "a@example.com", "type": "WORK"}},
			"urls":      a{j{"url": "https://example.com", "type": "WORK"}},
			"addresses": a{j{"street": "1 A", "city": "B", "state": "C", "zip": "1", "country": "D", "country_code": "us", "type": "HOME"}},
			"org":       j{"company": "A", "department": "B", "title": "C"},
			"birthday":  "2012-02-29",
		}
	})}},
	refusals: []refusal{
		{"contacts", gone{}, 100, "is missing; it must be an array.", ""},
		{"contacts", j{}, 100, "is an object; it must be an array.", ""},
		{"contacts", a{}, 100, "has 0 items; it must have at least 1.", ""},
		{"contacts", times(258, func(int) any { return j{} }), 100, "has 258 items; 257 are allowed.", ""},
		{"contacts", a{nil}, 100, "is null; it must be an object.", "contacts[0]"},
		{"contacts[256]", "A", 100, "is a string; it must be an object.", ""},
		{"contacts[0].name", gone{}, 100, "is missing; it must be an object.", ""},
		{"contacts[0].name", "A", 100, "is a string; it must be an object.", ""},
		{"contacts[0].name.formatted_name", gone{}, 100, "is missing; it must be a string.", ""},
		{"contacts[0].name.formatted_name", "", 100, "is empty; it must have at least 1 character.", ""},
		{"contacts[0].name.prefix", 1, 100, "is a number; it must be a string.", ""},
		{"contacts[0].name", j{"formatted_name": "A"}, 131008, "has only formatted_name; it must also have first_name, last_name, middle_name, prefix or suffix.", ""},
		{"contacts[0].phones", j{}, 100, "is an object; it must be an array.", ""},
		{"contacts[0].phones[1]", "1", 100, "is a string; it must be an object.", ""},
		{"contacts[0].phones[1].phone", 1, 100, "is a number; it must be a string.", ""},
		{"contacts[0].emails[0].email", 1, 100, "is a number; it must be a string.", ""},
		{"contacts[0].urls[0].url", 1, 100, "is a number; it must be a string.", ""},
		{"contacts[0].addresses[0].zip", 94025, 100, "is a number; it must be a string.", ""},
		{"contacts[0].org", "A", 100, "is a string; it must be an object.", ""},
		{"contacts[0].org.title", 1, 100, "is a number; it must be a string.", ""},
		{"contacts[0].birthday", 1, 100, "is a number; it must be a string.", ""},
		{"contacts[0].birthday", "2013-02-29", 131009, `is "2013-02-29"; it must be a date of the form YYYY-MM-DD.`, ""},
	},
}
