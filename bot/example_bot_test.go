package bot_test

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"

	"github.com/redis/go-redis/v9"

	"wappasim/bot"
)

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
