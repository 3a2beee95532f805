package message

import "testing"

func TestMarkAsRead(t *testing.T) {
	smallest := j{"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"}
	body := encoded(t, smallest)
	accepted(t, "read", Rules{}, "", body, Message{Body: body, Read: &Read{MessageID: "wamid.A"}})

	typing := with(t, smallest, "typing_indicator", j{"type": "text"})
	body = encoded(t, typing)
	accepted(t, "typing", Rules{}, "", body, Message{Body: body, Read: &Read{MessageID: "wamid.A", Typing: true}})

	for _, r := range []refusal{
		{"status", "delivered", 100, `is "delivered"; it must be "read".`, ""},
		{"status", true, 100, "is a boolean; it must be a string.", ""},
		{"message_id", gone{}, 100, "is missing; it must be a string.", ""},
		{"message_id", "", 100, "is empty; it must have at least 1 character.", ""},
		{"message_id", 1, 100, "is a number; it must be a string.", ""},
		{"typing_indicator", "text", 100, "is a string; it must be an object.", ""},
		{"typing_indicator.type", gone{}, 100, "is missing; it must be a string.", ""},
		{"typing_indicator.type", "audio", 100, `is "audio"; it must be "text".`, ""},
	} {
		refused(t, "read", Rules{}, typing, r)
	}
}
