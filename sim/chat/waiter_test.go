package chat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/internal/botsend"
)

// waiter is a bot that says back what it hears, offers a menu on "menu", and speaks up after
// 15 seconds of silence.
type waiter struct {
	env    sim.Env
	redis  *redis.Client
	timers *redis.Client // database 3
}

func newWaiter(env sim.Env) (sim.App, error) {
	timers := *env.Redis.Simple()
	timers.DB = 3
	return &waiter{env, redis.NewClient(env.Redis.Simple()), redis.NewClient(&timers)}, nil
}

func (b *waiter) Close() error { return errors.Join(b.redis.Close(), b.timers.Close()) }

func (b *waiter) Run(ctx context.Context) error {
	b.redis.ConfigSet(ctx, "notify-keyspace-events", "Ex")
	events := b.redis.Subscribe(ctx, "__keyevent@3__:expired")
	defer events.Close()
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-events.Channel():
			_ = botsend.Send(ctx, b.env, strings.TrimPrefix(event.Payload, "silence:"), "text", object{"body": "Still there?"})
		}
	}
}

type object = map[string]any

func (b *waiter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From        string
						Text        struct{ Body string }
						Interactive struct {
							ButtonReply struct{ Title string } `json:"button_reply"`
						}
					}
				}
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&hook); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				b.answer(r.Context(), m.From, m.Text.Body, m.Interactive.ButtonReply.Title)
			}
		}
	}
}

func (b *waiter) answer(ctx context.Context, from, text, tapped string) {
	b.timers.Set(ctx, "silence:"+from, "1", 15*time.Second)
	b.redis.Set(ctx, "pace:"+from, "1", 5*time.Second)
	switch {
	case tapped != "":
		_ = botsend.Send(ctx, b.env, from, "text", object{"body": "You tapped " + tapped + "."})
	case text == "menu":
		var buttons []object
		for _, title := range []string{"Pizza", "Pasta"} {
			buttons = append(buttons, object{"type": "reply", "reply": object{"id": "dish-" + title, "title": title}})
		}
		_ = botsend.Send(ctx, b.env, from, "interactive", object{"type": "button", "body": object{"text": "Hungry?"}, "action": object{"buttons": buttons}})
	default:
		_ = botsend.Send(ctx, b.env, from, "text", object{"body": "You said: " + text})
	}
}
