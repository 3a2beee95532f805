package bot

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
	"wappasim/bot/redistest"
)

// TestTake looks at when a session can be taken, and that a repeated call gets
// the answer of the first.
func TestTake(t *testing.T) {
	for name, addr := range map[string]string{"miniredis": miniredis.RunT(t).Addr(), "redis-server": redistest.Start(t)} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			sessions := redis.NewClient(&redis.Options{Addr: addr, DB: usersDB})
			triggers := redis.NewClient(&redis.Options{Addr: addr, DB: expiry.DB})
			defer sessions.Close()
			defer triggers.Close()
			id := "first"
			users := &UserCache{sessions, rand.Text, userPrefix}
			timers := expiry.NewCache(triggers)
			take := func() (n int, sent func(context.Context) error) {
				t.Helper()
				data, sent, err := users.take(ctx, "+1", Inactivity, id)
				if err != nil {
					t.Fatal(err)
				}
				return len(data.Messages), sent
			}
			if n, _ := take(); n != 0 {
				t.Errorf("nobody: took %d", n)
			}
			if err := users.Upsert(ctx, "+1", map[string]any{"name": "Ana"}); err != nil {
				t.Fatal(err)
			}
			if n, _ := take(); n != 0 {
				t.Errorf("fields only: took %d", n)
			}
			if _, _, err := users.Append(ctx, "+1", Message{ID: "a"}, Inactivity, time.Minute); err != nil {
				t.Fatal(err)
			}
			if n, _ := take(); n != 0 {
				t.Errorf("while the timer runs: took %d", n)
			}
			if err := timers.Delete(ctx, Inactivity, "+1"); err != nil {
				t.Fatal(err)
			}
			if n, _ := take(); n != 1 {
				t.Errorf("took %d", n)
			}
			if _, _, err := users.Append(ctx, "+1", Message{ID: "b"}, Inactivity, time.Minute); err != nil {
				t.Fatal(err)
			}
			n, sent := take()
			if n != 1 {
				t.Errorf("repeated: took %d", n)
			}
			id = "second"
			if n, _ := take(); n != 0 {
				t.Errorf("another caller: took %d", n)
			}
			if err := sent(ctx); err != nil {
				t.Fatal(err)
			}
			if keys := sessions.Keys(ctx, "wappa:unsent:*").Val(); len(keys) != 0 {
				t.Errorf("%q are left", keys)
			}
			if data, err := users.Get(ctx, "+1"); err != nil || len(data.Messages) != 1 || data.Messages[0].ID != "b" {
				t.Errorf("the next session: got %+v, %v", data, err)
			}
		})
	}
}
