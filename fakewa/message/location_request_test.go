package message

var locationRequestCase = typeCase{
	smallest: given{
		small(j{"name": "send_location"}),
		Message{Choices: []Choice{{Kind: "send_location"}}},
	},
	largest: given{
		j{"interactive": j{"body": j{"text": long(1024)}, "action": j{"name": "send_location"}}},
		Message{Choices: []Choice{{Kind: "send_location"}}},
	},
	refusals: all(actionRefusals, bodyRefusals, []refusal{
		{"interactive.header", j{}, 131009, "is set; it is not allowed here.", ""},
		{"interactive.footer", j{}, 131009, "is set; it is not allowed here.", ""},
		{"interactive.action.name", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.name", "ask", 100, `is "ask"; it must be "send_location".`, ""},
	}),
}
