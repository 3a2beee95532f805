package expiry_test

import (
	"context"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
	"wappasim/bot/redistest"
)

// onEachRedis runs a test on miniredis, which worlds use, and on a real Redis:
// they differ.
func onEachRedis(t *testing.T, test func(t *testing.T, addr string)) {
	t.Run("miniredis", func(t *testing.T) { test(t, miniredis.RunT(t).Addr()) })
	t.Run("redis-server", func(t *testing.T) { test(t, redistest.Start(t)) })
}

func TestTimers(t *testing.T) {
	onEachRedis(t, func(t *testing.T, addr string) {
		ctx := context.Background()
		timers := &expiry.Timers{Client: client(t, addr, 0)}
		if ok, err := timers.Exists(ctx, "a", "1"); ok || err != nil {
			t.Errorf("got %t, %v", ok, err)
		}
		if ttl, err := timers.TTL(ctx, "a", "1"); ttl != 0 || err != nil {
			t.Errorf("got %s, %v", ttl, err)
		}
		for _, delay := range []time.Duration{time.Hour, 90 * time.Second} {
			if err := timers.Set(ctx, "a", "1", delay); err != nil {
				t.Fatal(err)
			}
			if got, err := timers.TTL(ctx, "a", "1"); got > delay+time.Millisecond || got < delay-time.Minute || err != nil {
				t.Errorf("got %s, %v; want %s", got, err, delay)
			}
		}
		if ok, err := timers.Exists(ctx, "a", "1"); !ok || err != nil {
			t.Errorf("got %t, %v", ok, err)
		}
		if err := timers.Set(ctx, "a", "2", time.Millisecond); err != nil {
			t.Fatal(err)
		}
		eventually(t, "one to be due", func() bool {
			n, err := timers.Count(ctx, "a")
			return err == nil && n == expiry.Counts{Pending: 2, Due: 1}
		})
		for range 2 {
			if err := timers.Delete(ctx, "a", "1"); err != nil {
				t.Fatal(err)
			}
			if ok, err := timers.Exists(ctx, "a", "1"); ok || err != nil {
				t.Errorf("got %t, %v", ok, err)
			}
		}
		if left, err := client(t, addr, expiry.DB).Exists(ctx, "wappa:EXPTRIGGER:a:1").Result(); left != 0 || err != nil {
			t.Errorf("the trigger is left: %v", err)
		}
		if err := timers.Set(ctx, "a", "1", time.Millisecond-1); err == nil {
			t.Error("a delay of less than a millisecond was taken")
		}
		if timers.Set(ctx, "", "1", time.Second) == nil || timers.Set(ctx, "a", "", time.Second) == nil {
			t.Error("a timer without a name was taken")
		}
	})
}

// TestForget deletes all there is of one identifier, and nothing of another.
func TestForget(t *testing.T) {
	onEachRedis(t, func(t *testing.T, addr string) {
		ctx := context.Background()
		c, triggers := client(t, addr, 0), client(t, addr, expiry.DB)
		timers := &expiry.Timers{Client: c}
		for _, id := range []string{"1", "11"} {
			for _, action := range []string{"a", "b"} {
				if err := timers.Set(ctx, action, id, time.Hour); err != nil {
					t.Fatal(err)
				}
			}
			p := expiry.Parked{Action: "gone", Identifier: id, ID: "x"}
			c.HSet(ctx, "wappa:firing:a:"+id, "id", "x")
			c.ZAdd(ctx, "wappa:leases:a", redis.Z{Score: 1, Member: id})
			c.HSet(ctx, "wappa:parked", p.Field(), p.Record())
		}
		if err := timers.Forget(ctx, "1", []string{"a", "b"}); err != nil {
			t.Fatal(err)
		}
		n, err := timers.Count(ctx, "a")
		if err != nil || n != (expiry.Counts{Pending: 1, Claimed: 1}) {
			t.Errorf("got %+v, %v", n, err)
		}
		if parked, err := timers.Parked(ctx); err != nil || len(parked) != 1 || parked[0].Identifier != "11" {
			t.Errorf("got %+v, %v", parked, err)
		}
		if got := c.Exists(ctx, "wappa:firing:a:1", "wappa:firing:a:11").Val(); got != 1 {
			t.Errorf("%d open firings are left", got)
		}
		if got := triggers.DBSize(ctx).Val(); got != 2 {
			t.Errorf("%d triggers are left", got)
		}
	})
}
