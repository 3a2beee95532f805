package message

var reactionCase = typeCase{
	smallest: given{j{"reaction": j{"message_id": "wamid.A", "emoji": ""}}, Message{Reaction: &Reaction{"wamid.A", ""}}},
	largest:  given{j{"reaction": j{"message_id": "wamid.A", "emoji": "👍🏽"}}, Message{Reaction: &Reaction{"wamid.A", "👍🏽"}}},
	refusals: []refusal{
		{"reaction", gone{}, 100, "is missing; it must be an object.", ""},
		{"reaction", "👍", 100, "is a string; it must be an object.", ""},
		{"reaction.message_id", gone{}, 100, "is missing; it must be a string.", ""},
		{"reaction.message_id", "", 100, "is empty; it must have at least 1 character.", ""},
		{"reaction.message_id", 1, 100, "is a number; it must be a string.", ""},
		{"reaction.emoji", gone{}, 100, "is missing; it must be a string.", ""},
		{"reaction.emoji", 1, 100, "is a number; it must be a string.", ""},
	},
}
