package sim_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/fakewa"
	"wappasim/sim"
)

// expiries is a bot that subscribes to a channel and sends Ana each event. It
// configures the flags, and then prepares keys.
func expiries(channel string, flags string, prepare func(context.Context, *redis.Client)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		opts := *env.Redis
		opts.DB = 3
		client := redis.NewUniversalClient(&opts).(*redis.Client)
		return app{
			run: func(ctx context.Context) error {
				if flags != "" {
					if err := client.ConfigSet(ctx, "notify-keyspace-events", flags).Err(); err != nil {
						return err
					}
				}
				sub := client.PSubscribe(ctx, channel)
				defer sub.Close()
				messages := sub.Channel()
				if prepare != nil {
					prepare(ctx, client)
				}
				for {
					select {
					case <-ctx.Done():
						return nil
					case m := <-messages:
						// A bot needs Redis when it hears of an expiry.
						n := client.Incr(ctx, "heard").Val()
						if err := sendText(env, ana, fmt.Sprintf("%d %s %s", n, m.Channel, m.Payload)); err != nil {
							return err
						}
					}
				}
			},
			close: client.Close,
		}, nil
	}
}

func texts(messages []fakewa.Message) (all []string) {
	for _, m := range messages {
		all = append(all, m.At.Format("15:04:05.000 ")+m.Text)
	}
	return all
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestEachExpiryIsAnnouncedAtItsMoment sets keys before and while time passes. Those
// that expire at one moment are announced in the order of their names.
func TestEachExpiryIsAnnouncedAtItsMoment(t *testing.T) {
	w := world(t, expiries("__keyevent@3__:expired", "Ex", func(ctx context.Context, c *redis.Client) {
		c.Set(ctx, "b", 1, 2*time.Second)
		c.Set(ctx, "a", 1, 2*time.Second)
		c.Set(ctx, "renewed", 1, 2*time.Second)
		c.Set(ctx, "deleted", 1, 2*time.Second)
		time.AfterFunc(time.Second, func() {
			c.Set(ctx, "short", 1, 1500*time.Millisecond) // expires before the others
			c.Expire(ctx, "renewed", 3*time.Second)
			c.Del(ctx, "deleted")
		})
	}))
	if at, what := w.Next(); !at.Equal(w.Now().Add(2*time.Second)) || what != "3 a" {
		t.Errorf("next is %s at %s", what, at)
	}
	if err := w.Wait(time.Minute); err != nil {
		t.Fatal(err)
	}
	same(t, texts(w.Inbox("Ana")),
		"09:00:02.000 1 __keyevent@3__:expired a",
		"09:00:02.000 2 __keyevent@3__:expired b",
		"09:00:02.500 3 __keyevent@3__:expired short",
		"09:00:04.000 4 __keyevent@3__:expired renewed")
	if at, what := w.Next(); !at.IsZero() {
		t.Errorf("next is %s at %s", what, at)
	}
}

// TestManyExpiriesAtOnceDoNotDeadlock announces events to a bot that needs Redis to
// handle each.
func TestManyExpiriesAtOnceDoNotDeadlock(t *testing.T) {
	w := world(t, expiries("__keyevent@3__:expired", "Ex", func(ctx context.Context, c *redis.Client) {
		for n := range 300 {
			c.Set(ctx, fmt.Sprint("key-", n), 1, time.Second)
		}
	}))
	if err := w.Wait(time.Second); err != nil {
		t.Fatal(err)
	}
	if got := len(w.Sent()); got != 300 {
		t.Errorf("got %d", got)
	}
}

// TestExpiriesAreAnnouncedOnlyAsConfigured has bots with other flags and channels.
func TestExpiriesAreAnnouncedOnlyAsConfigured(t *testing.T) {
	set := func(ctx context.Context, c *redis.Client) { c.Set(ctx, "k", 1, time.Second) }
	for _, test := range []struct {
		channel, flags string
		want           []string
	}{
		{"__keyevent@3__:expired", "", nil},
		{"__keyevent@3__:expired", "Kx", nil},
		{"__keyevent@3__:expired", "Eg", nil},
		{"__keyevent@4__:expired", "Ex", nil},
		{"__keyevent@*__:expired", "AKE", []string{"09:00:01.000 1 __keyevent@3__:expired k"}},
		{"__keyspace@3__:*", "Kx", []string{"09:00:01.000 1 __keyspace@3__:k expired"}},
	} {
		w := world(t, expiries(test.channel, test.flags, set))
		if err := w.Wait(time.Minute); err != nil {
			t.Fatal(err)
		}
		same(t, texts(w.Sent()), test.want...)
	}
}

// TestConfigAnswersAsRedisDoes compares notify-keyspace-events with what Redis 7.0.15 answers.
func TestConfigAnswersAsRedisDoes(t *testing.T) {
	for flags, want := range map[string]string{"Ex": "xE", "KEA": "AKE", "": "", "gxE$": "g$xE", "xKEm": "xKEm", "g$lshzxetdKE": "AKE"} {
		w := world(t, func(env sim.Env) (sim.App, error) {
			client := redis.NewUniversalClient(env.Redis)
			return app{run: func(ctx context.Context) error {
				err := client.ConfigSet(ctx, "notify-keyspace-events", flags).Err()
				got := client.ConfigGet(ctx, "notify-keyspace-events").Val()["notify-keyspace-events"]
				if err != nil || got != want {
					t.Errorf("%q: got %q, %v; want %q", flags, got, err, want)
				}
				if err := client.ConfigSet(ctx, "notify-keyspace-events", "Q").Err(); err == nil {
					t.Error("Q was taken")
				}
				if err := client.ConfigSet(ctx, "maxmemory", "1").Err(); err == nil {
					t.Error("maxmemory was taken")
				}
				<-ctx.Done()
				return nil
			}, close: client.Close}, nil
		})
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestRedisTimeIsTheWorlds looks at TTLs and TIME while time passes.
func TestRedisTimeIsTheWorlds(t *testing.T) {
	var client redis.UniversalClient
	w := world(t, func(env sim.Env) (sim.App, error) {
		client = redis.NewUniversalClient(env.Redis)
		return app{run: func(ctx context.Context) error {
			client.Set(ctx, "k", 1, 15*time.Second)
			time.Sleep(10 * time.Second)
			if got := client.PTTL(ctx, "k").Val(); got != 5*time.Second {
				t.Errorf("PTTL: got %s", got)
			}
			if got := client.Time(ctx).Val(); !got.Equal(time.Now()) {
				t.Errorf("TIME: got %s, it is %s", got, time.Now())
			}
			time.Sleep(5*time.Second - time.Millisecond)
			if got := client.Exists(ctx, "k").Val(); got != 1 {
				t.Error("gone too early")
			}
			time.Sleep(time.Millisecond)
			if got := client.Exists(ctx, "k").Val(); got != 0 {
				t.Error("not gone")
			}
			<-ctx.Done()
			return nil
		}, close: func() error { return client.Close() }}, nil
	})
	if keys := w.Keys(); len(keys) != 1 || keys[0] != (sim.Key{DB: 0, Name: "k", Type: "string", TTL: 15 * time.Second, Value: "1"}) {
		t.Errorf("got %+v", keys)
	}
	if err := w.Wait(16 * time.Second); err != nil {
		t.Fatal(err)
	}
}
