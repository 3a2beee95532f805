package message_test

import (
	"fmt"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
)

func Example() {
	read := func(body []byte) *graph.Error {
		m, refused := message.Rules{}.Parse("application/json", body)
		if refused != nil {
			return refused
		}
		fmt.Println(m.To, m.Type, m.Text)
		return nil
	}
	fmt.Println(read([]byte(`{"messaging_product": "whatsapp", "to": "16505551234", "text": {"body": "hello"}}`)))
	fmt.Println(read([]byte(`{"messaging_product": "whatsapp", "to": "16505551234"}`)))
	// Output:
	// 16505551234 text hello
	// <nil>
	// (#100) The parameter text is required.: text is missing; it must be an object.
}

func ExampleRules_Parse() {
	body := `{"messaging_product": "whatsapp", "to": "+1 650 555 1234", "type": "interactive", "interactive": {
		"type": "button", "body": {"text": "Shall we begin?"},
		"action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]}}}`
	m, refused := message.Rules{}.Parse("application/json", []byte(body))
	fmt.Println(m.To, m.Type, m.Choices, refused == nil)

	_, refused = message.Rules{}.Parse("application/json", []byte(`{"messaging_product": "whatsapp", "to": "1", "text": {"body": 5}}`))
	fmt.Println(refused)
	// Output:
	// +1 650 555 1234 interactive [{button yes Yes }] true
	// (#100) Param text['body'] must be a string.: text.body is a number; it must be a string.
}
