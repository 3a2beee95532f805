// Command menubot is the menu bot as a process: it serves webhooks under /webhook until
// SIGTERM or SIGINT. Secrets are in the environment: WHATSAPP_TOKEN, WHATSAPP_APP_SECRET and
// WHATSAPP_VERIFY_TOKEN.
package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/menu"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8000", "the `address` that serves webhooks")
	server := flag.String("redis", "127.0.0.1:6379", "the `address` of Redis")
	graph := flag.String("graph", "https://graph.facebook.com/v23.0", "the `URL` of the Graph API")
	phone := flag.String("phone-id", "106540352242922", "the `id` of the business number")
	ready := flag.String("ready", "", "the `name` of the template that is sent when an order is ready")
	cooking := flag.Duration("cooking", 20*time.Minute, "how long an order takes")
	flag.Parse()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	bot := menu.New(cloudapi.Account{
		HTTP: &http.Client{}, GraphURL: *graph, PhoneNumberID: *phone, Token: os.Getenv("WHATSAPP_TOKEN"),
		AppSecret: os.Getenv("WHATSAPP_APP_SECRET"), VerifyToken: os.Getenv("WHATSAPP_VERIFY_TOKEN"),
	}, &redis.Options{Addr: *server}, log)
	bot.Ready, bot.Cooking = *ready, *cooking
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := serve(ctx, bot, *addr); err != nil {
		log.Error("the bot has ended", "error", err)
		os.Exit(1)
	}
}

// serve serves until the context ends, then lets what is under way come to its end.
func serve(ctx context.Context, bot *menu.Bot, addr string) error {
	mux := http.NewServeMux()
	mux.Handle("/webhook", bot)
	server := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 2)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		err := server.ListenAndServe()
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		cancel()
		ended <- err
	}()
	go func() { ended <- bot.Run(ctx) }()
	<-ctx.Done()
	patient, over := context.WithTimeout(context.Background(), 20*time.Second)
	defer over()
	return errors.Join(server.Shutdown(patient), <-ended, <-ended, bot.Close())
}
