package sim_test

import (
	"net/http"
	"testing"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
)

func TestRedisIsUnreachableAndReachableAgain(t *testing.T) {
	w := world(t, func(env sim.Env) (sim.App, error) {
		opts := *env.Redis
		opts.MaxRetries, opts.DialerRetries = -1, 1
		client := redis.NewUniversalClient(&opts)
		return app{serve: func(w http.ResponseWriter, r *http.Request) {
			if err := client.Incr(r.Context(), "n").Err(); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
			}
		}, close: client.Close}, nil
	})
	if err := w.Say("Ana", "one"); err != nil {
		t.Error(err)
	}
	for _, down := range []bool{true, false} {
		if err := w.Inject(sim.Fault{Kind: map[bool]sim.FaultKind{true: sim.RedisDown, false: sim.RedisUp}[down]}); err != nil {
			t.Error(err)
		}
		if err := w.Say("Ana", "two"); (err != nil) != down {
			t.Errorf("down: %t, got %v", down, err)
		}
	}
	if keys := w.Keys(); len(keys) != 1 || keys[0].Value != "2" {
		t.Errorf("got %+v", keys)
	}
}
