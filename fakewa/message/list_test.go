package message

func row(i int) any {
	return j{"id": numbered(i, 200), "title": numbered(i, 24), "description": numbered(i, 72)}
}

func section(i int) any { return j{"title": numbered(i, 24), "rows": a{row(i)}} }

var listCase = typeCase{
	smallest: given{
		small(j{"button": "l", "sections": a{j{"rows": a{j{"id": "i", "title": "t"}}}}}),
		Message{Choices: []Choice{{"row", "i", "t", ""}}},
	},
	largest: given{
		full(4096, j{"button": long(20), "sections": times(10, section)}),
		Message{Choices: times(10, func(i int) Choice {
			return Choice{"row", numbered(i, 200), numbered(i, 24), numbered(i, 72)}
		})},
	},
	refusals: all(actionRefusals, headerRefusals, wrongBodies, footerRefusals, []refusal{
		noBody,
		{"interactive.header.type", "image", 131009, `is "image"; it must be "text".`, ""},
		{"interactive.body.text", long(4097), 131009, "has 4097 characters; 4096 are allowed.", ""},
		{"interactive.action.button", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.button", "", 131009, "is empty; it must have at least 1 character.", ""},
		{"interactive.action.button", long(21), 131009, "has 21 characters; 20 are allowed.", ""},
		{"interactive.action.sections", gone{}, 100, "is missing; it must be an array.", ""},
		{"interactive.action.sections", "A", 100, "is a string; it must be an array.", ""},
		{"interactive.action.sections", a{}, 131009, "has 0 items; it must have at least 1.", ""},
		{"interactive.action.sections", times(11, section), 131009, "has 11 items; 10 are allowed.", ""},
		{"interactive.action.sections", a{j{"rows": times(12, row)}}, 131009, "has 12 rows together; 10 are allowed.", ""},
		{"interactive.action.sections[9].rows", a{row(9), row(10)}, 131009, "has 11 rows together; 10 are allowed.", "interactive.action.sections"},
		{"interactive.action.sections[0].title", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.sections[0].title", "", 131009, "is empty; it must have at least 1 character.", ""},
		{"interactive.action.sections[0].title", long(25), 131009, "has 25 characters; 24 are allowed.", ""},
		{"interactive.action.sections", a{j{"title": long(25), "rows": a{row(0)}}}, 131009, "has 25 characters; 24 are allowed.", "interactive.action.sections[0].title"},
		{"interactive.action.sections[0].rows", gone{}, 100, "is missing; it must be an array.", ""},
		{"interactive.action.sections[0].rows", a{}, 131009, "has 0 items; it must have at least 1.", ""},
		{"interactive.action.sections[0].rows[0].id", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.sections[0].rows[0].id", long(201), 131009, "has 201 characters; 200 are allowed.", ""},
		{"interactive.action.sections", a{j{"rows": a{j{"id": "i", "title": "t"}, j{"id": "i", "title": "t"}}}}, 131009, `is "i", which an earlier one has too; it must be unique.`, "interactive.action.sections[0].rows[1].id"},
		{"interactive.action.sections[0].rows[0].title", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.sections[0].rows[0].title", long(25), 131009, "has 25 characters; 24 are allowed.", ""},
		{"interactive.action.sections[0].rows[0].description", long(73), 131009, "has 73 characters; 72 are allowed.", ""},
		{"interactive.action.sections[0].rows[0].description", 1, 100, "is a number; it must be a string.", ""},
	}),
}
