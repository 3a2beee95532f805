package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const plainPrefix = "wappa:EXPTRIGGER:bench:"

// plain is keys that expire, in database 3, and Redis' announcements of that.
type plain struct {
	client       *redis.Client
	subscription *redis.PubSub
	ended        chan struct{}
}

func startPlain(ctx context.Context, s *server, tell fired) (timers, error) {
	client := redis.NewClient(&redis.Options{Addr: s.addr, DB: 3})
	p := &plain{client: client, subscription: client.Subscribe(ctx, "__keyevent@3__:expired"), ended: make(chan struct{})}
	if _, err := p.subscription.Receive(ctx); err != nil {
		return nil, fmt.Errorf("subscribe to expired keys: %w", err)
	}
	go func() {
		defer close(p.ended)
		for {
			m, err := p.subscription.ReceiveMessage(context.Background())
			if err != nil {
				return // it was closed
			}
			if user, err := userIndex(strings.TrimPrefix(m.Payload, plainPrefix)); err == nil {
				tell(user)
			}
		}
	}()
	return p, nil
}

func (p *plain) arm(ctx context.Context, user int, delay time.Duration) error {
	return p.client.Set(ctx, plainPrefix+userName(user), "1", delay).Err()
}

func (p *plain) stop() error {
	err := p.subscription.Close()
	<-p.ended
	if err != nil {
		return err
	}
	return p.client.Close()
}
