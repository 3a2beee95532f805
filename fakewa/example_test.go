package fakewa_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"wappasim/fakewa"
)

// A first test of a bot: somebody says something, the bot answers.
func Example() {
	var graph *http.Client
	bot := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && strings.Contains(string(body), `"messages":[`) { // not a status
			answer := `{"messaging_product":"whatsapp","to":"+16505551234","type":"text","text":{"body":"hello yourself"}}`
			req, _ := http.NewRequest("POST", "https://graph.facebook.com/v23.0/106540352242922/messages", strings.NewReader(answer))
			req.Header.Set("Authorization", "Bearer token")
			if resp, err := graph.Do(req); err == nil {
				resp.Body.Close()
			}
		}
	})
	wa := fakewa.New(fakewa.Config{Webhook: bot})
	defer wa.Close()
	graph = wa.Client()

	ana := wa.Phone("+16505551234")
	if _, err := ana.Say(context.Background(), "hello"); err != nil {
		fmt.Println(err)
	}
	for _, m := range wa.Conversation("+16505551234") {
		fmt.Println(m.Direction, m.Text)
	}
	// Output:
	// in hello
	// out hello yourself
}
