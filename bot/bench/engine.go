package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
)

const action = "bench"

// engine is this project's.
type engine struct {
	client *redis.Client
	timers *expiry.Timers
	end    context.CancelFunc
	ended  chan error
}

func startEngine(_ context.Context, s *server, tell fired) (timers, error) {
	client := redis.NewClient(&redis.Options{Addr: s.addr, ContextTimeoutEnabled: true})
	registry := new(expiry.Registry)
	err := registry.OnExpire(action, func(_ context.Context, l *expiry.Firing) error {
		user, err := userIndex(l.Identifier)
		if err != nil {
			return expiry.Park(err)
		}
		tell(user)
		return nil
	})
	if err != nil {
		return nil, err
	}
	worker := &expiry.Worker{
		Client: client, Registry: registry, Clock: clock.New(), Logger: slog.New(slog.DiscardHandler), NewID: rand.Text, RetryFor: time.Hour,
	}
	ctx, end := context.WithCancel(context.Background())
	e := &engine{client: client, timers: &expiry.Timers{Client: client, Worker: worker}, end: end, ended: make(chan error, 1)}
	go func() { e.ended <- worker.Run(ctx) }()
	return e, nil
}

func (e *engine) arm(ctx context.Context, user int, delay time.Duration) error {
	return e.timers.Set(ctx, action, userName(user), delay)
}

func (e *engine) stop() error {
	e.end()
	if err := <-e.ended; err != nil {
		return err
	}
	return e.client.Close()
}
