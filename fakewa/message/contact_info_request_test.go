package message

// The shape is that of a published client, pywa 4.5, and of restfb PR#1648. The limits are
// those of the request for a location [?].
var contactInfoRequestCase = typeCase{
	smallest: given{
		small(j{"name": "request_contact_info"}),
		Message{Choices: []Choice{{Kind: "request_contact_info", ID: "request_contact_info"}}},
	},
	largest: given{
		j{"interactive": j{"body": j{"text": long(1024)}, "action": j{"name": "request_contact_info"}}},
		Message{Choices: []Choice{{Kind: "request_contact_info", ID: "request_contact_info"}}},
	},
	refusals: all(actionRefusals, bodyRefusals, []refusal{
		{"interactive.header", j{}, 131009, "is set; it is not allowed here.", ""},
		{"interactive.footer", j{}, 131009, "is set; it is not allowed here.", ""},
		{"interactive.action.name", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.name", "ask", 100, `is "ask"; it must be "request_contact_info".`, ""},
	}),
}
