package message

var flowCase = typeCase{
	smallest: given{
		small(j{"name": "flow", "parameters": j{"flow_message_version": "3", "flow_name": "n", "flow_cta": "t"}}),
		Message{Choices: []Choice{{"flow", "unused", "t", ""}}},
	},
	largest: given{
		full(1024, j{"name": "flow", "parameters": j{
			"flow_message_version": "3", "flow_id": "1", "flow_cta": long(30), "mode": "draft", "flow_token": "token",
			"flow_action": "data_exchange", "flow_action_payload": j{"screen": "FIRST", "data": j{"a": 1}},
		}}),
		Message{Choices: []Choice{{"flow", "token", long(30), ""}}},
	},
	refusals: all(actionRefusals, headerRefusals, mediaHeaderRefusals, bodyRefusals, footerRefusals, []refusal{
		{"interactive.action.name", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.name", "flows", 100, `is "flows"; it must be "flow".`, ""},
		{"interactive.action.parameters", gone{}, 100, "is missing; it must be an object.", ""},
		{"interactive.action.parameters.flow_message_version", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.parameters.flow_message_version", 3, 100, "is a number; it must be a string.", ""},
		{"interactive.action.parameters.flow_message_version", "2", 100, `is "2"; it must be "3".`, ""},
		{"interactive.action.parameters.flow_id", gone{}, 100, "is missing, and so is interactive.action.parameters.flow_name; one of them is required.", ""},
		{"interactive.action.parameters.flow_id", "", 131009, "is empty; it must have at least 1 character.", ""},
		{"interactive.action.parameters.flow_id", 1, 100, "is a number; it must be a string.", ""},
		{"interactive.action.parameters.flow_name", "n", 131009, "is set, and so is interactive.action.parameters.flow_id; only one of them is allowed.", ""},
		{"interactive.action.parameters.flow_cta", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.parameters.flow_cta", long(31), 131009, "has 31 characters; 30 are allowed.", ""},
		{"interactive.action.parameters.mode", "live", 100, `is "live"; it must be "published" or "draft".`, ""},
		{"interactive.action.parameters.flow_token", 1, 100, "is a number; it must be a string.", ""},
		{"interactive.action.parameters.flow_action", "open", 100, `is "open"; it must be "navigate" or "data_exchange".`, ""},
		{"interactive.action.parameters.flow_action_payload", "{}", 100, "is a string; it must be an object.", ""},
		{"interactive.action.parameters.flow_action_payload.screen", 1, 100, "is a number; it must be a string.", ""},
		{"interactive.action.parameters.flow_action_payload.data", a{}, 100, "is an array; it must be an object.", ""},
	}),
}
