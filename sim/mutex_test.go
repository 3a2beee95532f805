package sim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/trace"
)

// polite is a bot that has one mutex for each replica: what it does with a message, with
// Redis and WhatsApp, is done for one message at a time.
func polite(env sim.Env) (sim.App, error) {
	var mu sync.Mutex
	client := redis.NewUniversalClient(env.Redis)
	serve := func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		for _, m := range heard(r) {
			n, err := client.Incr(context.Background(), "heard").Result()
			if err == nil {
				err = sendText(env, m.from, fmt.Sprintf("%d: %s", n, m.text))
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
			}
		}
	}
	return app{serve: serve, close: client.Close}, nil
}

// TestAMutexMayBeHeldOverACall has people write at once to a bot that holds a mutex while
// it calls. It answers everybody, with the numbers in a row, and is the same in every run.
func TestAMutexMayBeHeldOverACall(t *testing.T) {
	for name, faults := range map[string][]sim.FaultKind{"no faults": nil, "crashes": {sim.Crash, sim.Restart}, "a slow Redis": {sim.RedisSlow, sim.APIAnswers}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits for real time, a few milliseconds for each mutex
			work := sim.Workload{Users: 5, Events: 10, Replicas: 1, Longest: 20 * time.Millisecond, Settle: time.Minute, Latency: 20 * time.Millisecond, Faults: faults}
			if err := sim.Check(polite, sim.Seeds(2), work); err != nil {
				t.Error(err)
			}
			inARow := sim.Property{Name: "the numbers are in a row", Check: func(tr *trace.Trace) (found []sim.Violation) {
				n := 0
				for _, e := range tr.Events() {
					if e.What != trace.Calls {
						continue
					}
					if n++; !strings.HasPrefix(e.Text, fmt.Sprintf("%d: ", n)) {
						found = append(found, sim.Violation{At: e.At, Why: fmt.Sprintf("%q is number %d", e.Text, n)})
					}
				}
				if n < work.Events {
					found = append(found, sim.Violation{Why: fmt.Sprintf("%d answers", n)})
				}
				return found
			}}
			if faults != nil {
				return // then some numbers are lost
			}
			if _, err := sim.Explore(polite, sim.Seeds(2), work, inARow); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAMutexHeldOverATimerIsStuck has what is on its way come at once, again and again: a
// bot that waits for a timer with a mutex is stuck all the same.
func TestAMutexHeldOverATimerIsStuck(t *testing.T) {
	_, err := sim.New(func(env sim.Env) (sim.App, error) {
		var mu sync.Mutex
		return app{run: func(ctx context.Context) error {
			go func() {
				time.Sleep(time.Millisecond)
				waitsForMutex(&mu)
			}()
			go func() {
				for ctx.Err() == nil && sendText(env, ana, "again") == nil {
				}
			}()
			mu.Lock()
			defer mu.Unlock()
			time.Sleep(time.Hour)
			return nil
		}}, nil
	}, sim.Latency(time.Second), sim.StallTimeout(200*time.Millisecond), sim.WhatsApp(unprompted))
	if stuck, ok := errors.AsType[*sim.Stuck](err); !ok || !strings.Contains(err.Error(), "waitsForMutex") {
		t.Errorf("got %v, %v", stuck, err)
	}
}
