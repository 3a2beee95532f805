package bot_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/redistest"
)

// TestForgetTakesNoPattern forgets somebody who is called like a pattern: others are
// remembered.
func TestForgetTakesNoPattern(t *testing.T) {
	addr := redistest.Start(t)
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	for _, key := range []string{"wappa:batch:+1:L", "wappa:batch:*:L"} {
		if err := client.HSet(t.Context(), key, "session", "{}").Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := newBot(t, config(addr, newGraphAPI())).Forget(t.Context(), "*"); err != nil {
		t.Fatal(err)
	}
	if left := client.Keys(t.Context(), "wappa:batch:*").Val(); len(left) != 1 || left[0] != "wappa:batch:+1:L" {
		t.Errorf("left: %q", left)
	}
}
