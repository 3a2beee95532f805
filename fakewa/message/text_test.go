package message

var textCase = typeCase{
	smallest: given{j{"text": j{"body": "h"}}, Message{Text: "h"}},
	largest:  given{j{"text": j{"body": long(4096), "preview_url": true}}, Message{Text: long(4096)}},
	refusals: []refusal{
		{"text", gone{}, 100, "is missing; it must be an object.", ""},
		{"text", "hi", 100, "is a string; it must be an object.", ""},
		{"text.body", gone{}, 100, "is missing; it must be a string.", ""},
		{"text.body", nil, 100, "is missing; it must be a string.", ""},
		{"text.body", "", 100, "is empty; it must have at least 1 character.", ""},
		{"text.body", long(4097), 100, "has 4097 characters; 4096 are allowed.", ""},
		{"text.body", 5, 100, "is a number; it must be a string.", ""},
		{"text.preview_url", "true", 100, "is a string; it must be a boolean.", ""},
	},
}
