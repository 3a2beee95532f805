package message

import "strings"

func replyButton(i int) any {
	return j{"type": "reply", "reply": j{"id": numbered(i, 256), "title": numbered(i, 20)}}
}

var buttonCase = typeCase{
	smallest: given{
		small(j{"buttons": a{j{"type": "reply", "reply": j{"id": "i", "title": "t"}}}}),
		Message{Choices: []Choice{{"button", "i", "t", ""}}},
	},
	largest: given{
		full(1024, j{"buttons": times(3, replyButton)}),
		Message{Choices: times(3, func(i int) Choice { return Choice{"button", numbered(i, 256), numbered(i, 20), ""} })},
	},
	refusals: all(actionRefusals, headerRefusals, mediaHeaderRefusals, bodyRefusals, footerRefusals, []refusal{
		{"interactive.action.buttons", gone{}, 100, "is missing; it must be an array.", ""},
		{"interactive.action.buttons", j{}, 100, "is an object; it must be an array.", ""},
		{"interactive.action.buttons", a{}, 131009, "has 0 items; it must have at least 1.", ""},
		{"interactive.action.buttons", times(4, replyButton), 131009, "has 4 items; 3 are allowed.", ""},
		{"interactive.action.buttons[2]", "A", 100, "is a string; it must be an object.", ""},
		{"interactive.action.buttons[0].type", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.buttons[0].type", "url", 100, `is "url"; it must be "reply".`, ""},
		{"interactive.action.buttons[0].reply", gone{}, 100, "is missing; it must be an object.", ""},
		{"interactive.action.buttons[0].reply.id", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.buttons[0].reply.id", "", 131009, "is empty; it must have at least 1 character.", ""},
		{"interactive.action.buttons[0].reply.id", 1, 100, "is a number; it must be a string.", ""},
		{"interactive.action.buttons[0].reply.id", long(257), 131009, "has 257 characters; 256 are allowed.", ""},
		{"interactive.action.buttons[0].reply.id", "a ", 131009, `is "a "; spaces at its beginning or end are not allowed.`, ""},
		{"interactive.action.buttons[1].reply", j{"id": numbered(0, 256), "title": "t"}, 131009, `is "` + "0😀" + strings.Repeat("é", 58) + `", which an earlier one has too; it must be unique.`, "interactive.action.buttons[1].reply.id"},
		{"interactive.action.buttons[1].reply.title", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.buttons[1].reply.title", "", 131009, "is empty; it must have at least 1 character.", ""},
		{"interactive.action.buttons[1].reply.title", long(21), 131009, "has 21 characters; 20 are allowed.", ""},
		{"interactive.action.buttons[1].reply.title", " a", 131009, `is " a"; spaces at its beginning or end are not allowed.`, ""},
		{"interactive.action.buttons[1].reply.title", numbered(0, 20), 131009, `is "` + numbered(0, 20) + `", which an earlier one has too; it must be unique.`, ""},
	}),
}
