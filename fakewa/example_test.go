package fakewa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"wappasim/fakewa"
)

// echo is a small bot: it answers each text with the same text. It does not check the
// signature of webhooks, as a real bot must.
type echo struct{ graph *http.Client }

func (e *echo) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From string
						Text struct{ Body string }
					}
				}
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&hook); err != nil {
		return
	}
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				e.say(m.From, m.Text.Body+" yourself")
			}
		}
	}
}

// say sends a text, and returns what the API answered.
func (e *echo) say(to, text string) (status int) {
	body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":%q,"type":"text","text":{"body":%q}}`, to, text)
	req, err := http.NewRequest("POST", "https://graph.facebook.com/v23.0/106540352242922/messages", strings.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Authorization", "Bearer token")
	resp, err := e.graph.Do(req)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// A first test of a bot: a user writes, the bot answers.
func Example() {
	bot := &echo{}
	wa := fakewa.New(fakewa.Config{Webhook: bot})
	defer wa.Close()
	bot.graph = wa.Client()

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

// The API refuses every second text to Ana.
func ExampleServer_Inject() {
	bot := &echo{}
	wa := fakewa.New(fakewa.Config{Webhook: bot})
	defer wa.Close()
	bot.graph = wa.Client()
	fault := wa.Inject(fakewa.Fault{Endpoint: "messages", User: "+16505551234", Type: "text", Every: 2, Code: 131016})
	defer wa.RemoveFault(fault)

	for range 4 {
		fmt.Println(bot.say("+16505551234", "hello"))
	}
	fmt.Println(wa.Requests()[1].Error)
	// Output:
	// 200
	// 500
	// 200
	// 500
	// (#131016) Service unavailable: A fault of the test.
}

// After a day without a message from the user, only templates arrive.
func ExampleClock_Advance() {
	clock := fakewa.StillClock(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC))
	bot := &echo{}
	wa := fakewa.New(fakewa.Config{Webhook: bot, Clock: clock})
	defer wa.Close()
	bot.graph = wa.Client()

	ctx := context.Background()
	ana := wa.Phone("+16505551234")
	if _, err := ana.Say(ctx, "hello"); err != nil {
		fmt.Println(err)
	}
	if err := clock.Advance(ctx, 24*time.Hour+time.Second); err != nil {
		fmt.Println(err)
	}
	fmt.Println(bot.say("+16505551234", "are you still there?"))
	last := wa.Sent()[1]
	fmt.Println(last.Status, last.Error.Details)
	// Output:
	// 200
	// failed Last message from +16505551234 was 24h0m1s ago, more than 24 hours; only a template may be sent.
}

// A Brazilian user writes without the ninth digit of their number, and the bot dials it with
// the digit: they are one person.
func ExampleServer_Users() {
	bot := &echo{}
	wa := fakewa.New(fakewa.Config{Webhook: bot})
	defer wa.Close()
	bot.graph = wa.Client()

	if _, err := wa.Phone("+553155550101").Say(context.Background(), "oi"); err != nil {
		fmt.Println(err)
	}
	for _, user := range wa.Users() {
		fmt.Println(user.User, user.UserID)
	}
	fmt.Println(wa.Phone("+5531955550101").Number())
	fmt.Println(len(wa.Conversation("+55 31 95555-0101")))
	// Output:
	// +553155550101 BR.6159783837865321540
	// +553155550101
	// 2
}
