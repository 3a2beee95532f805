package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/internal/botsend"
)

// silence is after what time the keeper gives back what it keeps.
const silence = 10 * time.Second

// keeper is a bot that keeps what people write in Redis, and gives it back after a silence.
type keeper struct {
	env   sim.Env
	redis *redis.Client

	mu     sync.Mutex // guards what follows
	timers map[string]*time.Timer
}

func newKeeper(env sim.Env) (sim.App, error) {
	return &keeper{env: env, redis: redis.NewClient(env.Redis.Simple()), timers: make(map[string]*time.Timer)}, nil
}

func (k *keeper) Run(ctx context.Context) error { <-ctx.Done(); return nil }
func (k *keeper) Close() error                  { return k.redis.Close() }

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, e := range hook.Entry {
		for _, c := range e.Changes {
			for _, m := range c.Value.Messages {
				if m.Text.Body == "trouble" {
					http.Error(w, "no", http.StatusTeapot)
					return
				}
				if err := k.keep(r.Context(), m.From, m.Text.Body); err != nil {
					http.Error(w, err.Error(), http.StatusServiceUnavailable)
					return
				}
			}
		}
	}
}

func (k *keeper) keep(ctx context.Context, from, text string) error {
	key := "kept:" + from
	if err := k.redis.RPush(ctx, key, text).Err(); err != nil {
		return err
	}
	if err := k.redis.Set(ctx, "last:"+from, text, time.Hour).Err(); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if t := k.timers[from]; t != nil {
		t.Stop()
	}
	k.timers[from] = time.AfterFunc(silence, func() { k.giveBack(from) })
	return nil
}

func (k *keeper) giveBack(from string) {
	ctx := k.env.Life
	all, err := k.redis.LRange(ctx, "kept:"+from, 0, -1).Result()
	if err != nil {
		return
	}
	if k.say(ctx, from, "You said: "+strings.Join(all, ", ")) == nil {
		k.redis.Del(ctx, "kept:"+from, "last:"+from)
	}
}

func (k *keeper) say(ctx context.Context, to, text string) error {
	return botsend.Send(ctx, k.env, to, "text", map[string]string{"body": text})
}
