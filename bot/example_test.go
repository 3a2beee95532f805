package bot_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot"
)

// Command bot does the same, and ends in good order.
func Example() {
	phoneID, token, appSecret := os.Getenv("WHATSAPP_PHONE_ID"), os.Getenv("WHATSAPP_TOKEN"), os.Getenv("WHATSAPP_APP_SECRET")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	b, err := bot.New(bot.Config{
		Redis:    &redis.UniversalOptions{Addrs: []string{"localhost:6379"}},
		HTTP:     http.DefaultClient,
		GraphURL: "https://graph.facebook.com/v23.0", PhoneNumberID: phoneID, Token: token,
		AppSecret: appSecret, VerifyToken: "any word",
	})
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	go func() { log.Fatal(http.ListenAndServe(":8000", b)) }()
	err = b.Run(ctx)
	if err != nil {
		log.Print(err)
	}
}

// The history is a function of the session. It returns strings between which a
// long history may be divided.
func ExampleConfig_history() {
	cfg := bot.Config{
		History: func(s bot.Session) []string {
			text := []string{fmt.Sprintf("📬 *Your Messages* (%d total)\n\n", s.Count)}
			for i, m := range s.Messages {
				text = append(text, fmt.Sprintf("%d. %s\n", i+1, m.Text))
			}
			return text
		},
	}
	fmt.Println(strings.Join(cfg.History(bot.Session{Count: 2, Messages: []bot.Message{{Text: "Hello there!"}, {Text: "How are you?"}}}), ""))
	// Output:
	// 📬 *Your Messages* (2 total)
	//
	// 1. Hello there!
	// 2. How are you?
}

func ExampleHistory() {
	at := time.Date(2026, 1, 5, 10, 30, 45, 0, time.UTC)
	fmt.Println(strings.Join(bot.History(bot.Session{
		Count: 1, Messages: []bot.Message{{At: at, Text: "Hello there!"}}, Silence: 15 * time.Second, Location: time.UTC,
	}), ""))
	// Output:
	// 📬 Message History (1 message)
	//
	// ⏰ You were inactive for 15 seconds. Here's what you sent:
	//
	// 1. [10:30:45] Hello there!
	//
	// ✨ Session Complete!
	// 📊 Total: 1 message
	// ⏱️ Timer: 15 seconds
}

func ExampleUserID() {
	fmt.Println(bot.UserID("16505551234"), bot.UserID("+1 (650) 555-1234"), bot.UserID("US.13491208655302741918"))
	// Output: +16505551234 +16505551234 US.13491208655302741918
}
