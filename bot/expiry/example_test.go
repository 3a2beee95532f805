package expiry_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"log/slog"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
)

func Example() {
	server, err := miniredis.Run()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer client.Close()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	logger := slog.New(slog.DiscardHandler)

	var actions expiry.Registry
	err = actions.OnExpire("reminder", func(ctx context.Context, f *expiry.Firing) error {
		fmt.Println("remind", f.Identifier)
		stop()
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	worker := &expiry.Worker{Client: client, Registry: &actions, Clock: clock.New(), Logger: logger, NewID: rand.Text, RetryFor: time.Hour}
	timers := &expiry.Timers{Client: client, Worker: worker}
	if err := timers.Set(ctx, "reminder", "+15550000001", 10*time.Millisecond); err != nil {
		log.Fatal(err)
	}
	if err := worker.Run(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: remind +15550000001
}
