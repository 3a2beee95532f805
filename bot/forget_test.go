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

// TestForgetKnowsAllNames forgets somebody by one of several names.
func TestForgetKnowsAllNames(t *testing.T) {
	for _, name := range []string{"US.1", "US.2", "US.3"} {
		addr := redistest.Start(t)
		client := redis.NewClient(&redis.Options{Addr: addr})
		defer client.Close()
		for key, value := range map[string]string{
			"wappa:alias:US.2": "US.1", "wappa:alias:US.3": "US.2", "wappa:alias:US.5": "US.4",
			"wappa:user:US.1": "{}", "wappa:user:US.3": "{}", "wappa:user:US.4": "{}",
		} {
			if err := client.Set(t.Context(), key, value, 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if err := newBot(t, config(addr, newGraphAPI())).Forget(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if left := client.Keys(t.Context(), "wappa:*").Val(); len(left) != 2 {
			t.Errorf("%s: left: %q, want what belongs to US.4", name, left)
		}
	}
}
