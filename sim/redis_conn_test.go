package sim_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
)

// TestConnectsWhileLongAnswersArrive has a bot read long values on some connections
// while it makes others. miniredis holds its lock until it has written an answer; a new
// connection needs that lock, and must not keep the answer from being received.
func TestConnectsWhileLongAnswersArrive(t *testing.T) {
	newReader := func(env sim.Env) (sim.App, error) {
		long := strings.Repeat("long ", 20_000)
		read := func(ctx context.Context) error {
			client := redis.NewUniversalClient(env.Redis)
			defer client.Close()
			for range 3 {
				got, err := client.Get(ctx, "long").Result()
				if err == nil && got != long {
					t.Errorf("got %d bytes", len(got))
				}
				if err != nil {
					return err
				}
			}
			return nil
		}
		serve := func(_ http.ResponseWriter, r *http.Request) {
			client := redis.NewUniversalClient(env.Redis)
			defer client.Close()
			if err := client.Set(r.Context(), "long", long, 0).Err(); err != nil {
				t.Error(err)
			}
			var readers sync.WaitGroup
			for range 50 {
				readers.Go(func() {
					if err := read(r.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			readers.Wait()
		}
		return app{serve: serve}, nil
	}
	w := world(t, newReader)
	for range 10 {
		if err := w.Say("Ana", "read"); err != nil {
			t.Fatal(err)
		}
	}
}
