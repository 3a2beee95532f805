package sim_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/trace"
)

// consumers returns a bot whose replicas put what they hear into a queue, and wait for
// what is in it. Take waits for the next entry; it fails if there is none for a time.
func consumers(put func(ctx context.Context, c redis.UniversalClient, entry string) error, take func(ctx context.Context, c redis.UniversalClient, replica int) (entry string, err error)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		client := redis.NewUniversalClient(env.Redis)
		run := func(ctx context.Context) error {
			for ctx.Err() == nil {
				entry, err := take(ctx, client, env.Replica)
				if to, text, ok := strings.Cut(entry, " "); ok && err == nil {
					_ = sendText(env, to, fmt.Sprintf("%s is done by replica %d", text, env.Replica+1))
				} else if err != nil && err != redis.Nil {
					env.Clock.Sleep(time.Second)
				}
			}
			return nil
		}
		serve := func(w http.ResponseWriter, r *http.Request) {
			for _, m := range heard(r) {
				if err := put(r.Context(), client, m.from+" "+m.text); err != nil {
					http.Error(w, err.Error(), http.StatusServiceUnavailable)
				}
			}
		}
		return app{serve: serve, run: run, close: client.Close}, nil
	}
}

func push(ctx context.Context, c redis.UniversalClient, entry string) error {
	return c.RPush(ctx, "queue", entry).Err()
}

var queues = map[string]sim.Factory{
	"BLPOP": consumers(push, func(ctx context.Context, c redis.UniversalClient, _ int) (string, error) {
		got, err := c.BLPop(ctx, 10*time.Second, "other", "queue").Result()
		if err != nil {
			return "", err
		}
		return got[1], nil
	}),
	"BLMOVE": consumers(push, func(ctx context.Context, c redis.UniversalClient, _ int) (string, error) {
		return c.BLMove(ctx, "queue", "taken", "LEFT", "RIGHT", 10*time.Second).Result()
	}),
	"BZPOPMIN": consumers(func(ctx context.Context, c redis.UniversalClient, entry string) error {
		return c.ZAdd(ctx, "queue", redis.Z{Member: entry}).Err()
	}, func(ctx context.Context, c redis.UniversalClient, _ int) (string, error) {
		got, err := c.BZPopMin(ctx, 10*time.Second, "queue").Result()
		if err != nil {
			return "", err
		}
		return got.Member.(string), nil
	}),
	"XREADGROUP": consumers(func(ctx context.Context, c redis.UniversalClient, entry string) error {
		return c.XAdd(ctx, &redis.XAddArgs{Stream: "queue", Values: []string{"entry", entry}}).Err()
	}, func(ctx context.Context, c redis.UniversalClient, replica int) (string, error) {
		c.XGroupCreateMkStream(ctx, "queue", "bots", "0")
		got, err := c.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "bots", Consumer: fmt.Sprint(replica), Streams: []string{"queue", ">"}, Count: 1, Block: 10 * time.Second}).Result()
		if err != nil {
			return "", err
		}
		return got[0].Messages[0].Values["entry"].(string), nil
	}),
}

// TestConsumersOfAQueueAreTheSameTwice has two replicas wait for the same key. Who gets
// an entry is the same in every run, and each does in some. Freezes are left out: after one,
// a command that waits may be sent some milliseconds earlier or later on a busy machine, and
// Check says so.
func TestConsumersOfAQueueAreTheSameTwice(t *testing.T) {
	for name, bot := range queues {
		t.Run(name, func(t *testing.T) {
			work := sim.Workload{Events: 10, Longest: 30 * time.Second, Settle: time.Minute, Faults: []sim.FaultKind{sim.Crash, sim.Restart, sim.RedisRestarts}}
			if err := sim.Check(bot, sim.Seeds(20), work); err != nil {
				t.Fatal(err)
			}
			var done []sim.Property
			for replica := 1; replica <= 2; replica++ {
				by := fmt.Sprintf("is done by replica %d", replica)
				done = append(done, sim.Sometimes("something "+by, func(tr *trace.Trace) bool {
					for _, e := range tr.Events() {
						if e.What == trace.Calls && strings.HasSuffix(e.Text, by) {
							return true
						}
					}
					return false
				}))
			}
			if _, err := sim.Explore(bot, sim.Seeds(10), work, done...); err != nil {
				t.Error(err)
			}
		})
	}
}
