package message_test

import (
	"fmt"

	"wappasim/fakewa/message"
)

func ExampleRules_Parse() {
	body := `{"messaging_product": "whatsapp", "to": "+1 650 555 1234", "type": "interactive", "interactive": {
		"type": "button", "body": {"text": "Shall we begin?"},
		"action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]}}}`
	m, refused := message.Rules{}.Parse("application/json", []byte(body))
	fmt.Println(m.To, m.Type, m.Choices, refused == nil)

	_, refused = message.Rules{}.Parse("application/json", []byte(`{"messaging_product": "whatsapp", "to": "1", "text": {"body": 5}}`))
	fmt.Println(refused.Code, refused.Details)
	// Output:
	// +1 650 555 1234 interactive [{button yes Yes }] true
	// 100 text.body is a number; it must be a string.
}
