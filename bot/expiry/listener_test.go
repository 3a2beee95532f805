package expiry_test

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"wappasim/bot/expiry"
	"wappasim/bot/redistest"
)

// events collects what a listener has heard.
type events struct {
	mu    sync.Mutex
	heard []string // "action identifier"; guarded by mu
}

func (e *events) add(action, identifier string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, action+" "+identifier)
}

func (e *events) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s", what)
		}
	}
}

// registry has handlers for actions, which are not to be called.
func registry(t *testing.T, actions ...string) *expiry.Registry {
	t.Helper()
	var r expiry.Registry
	for _, action := range actions {
		err := r.OnExpire(action, func(_ context.Context, l *expiry.Firing) error {
			t.Errorf("the handler of %s was called for %s", action, l.Identifier)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return &r
}

// listen runs a listener until the end of the test, and returns what it has heard
// and how often it has subscribed.
func listen(t *testing.T, c redis.UniversalClient, actions ...string) (*events, *atomic.Int64) {
	t.Helper()
	var (
		heard      events
		subscribed atomic.Int64
	)
	l := &expiry.Listener{
		Client: c, Registry: registry(t, actions...), Clock: clock.New(), Logger: slog.New(slog.DiscardHandler),
		Subscribed: func() { subscribed.Add(1) }, Heard: heard.add,
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		if l.Ready() {
			t.Error("it is ready after its end")
		}
	})
	eventually(t, "the subscription", func() bool { return l.Ready() && subscribed.Load() == 1 })
	return &heard, &subscribed
}

func client(t *testing.T, addr string, db int) redis.UniversalClient {
	c := redis.NewClient(&redis.Options{Addr: addr, DB: db})
	t.Cleanup(func() { c.Close() })
	return c
}

// TestHeard publishes events by hand and looks at what is made of them.
func TestHeard(t *testing.T) {
	server := miniredis.RunT(t)
	heard, _ := listen(t, client(t, server.Addr(), expiry.DB), "order", "order:late", "user_inactivity")
	var want []string
	for key, event := range map[string]string{
		"wappa:EXPTRIGGER:user_inactivity:+1234567890": "user_inactivity +1234567890",
		"wappa:EXPTRIGGER:order:7":                     "order 7",
		"wappa:EXPTRIGGER:order:late:7":                "order:late 7",
		"wappa:EXPTRIGGER:order:late:7:8":              "order:late 7:8",
		"wappa:EXPTRIGGER:order:later":                 "order later",
		"wappa:EXPTRIGGER:order:late:":                 "order late:",
		"wappa:EXPTRIGGER:order":                       "",
		"wappa:EXPTRIGGER:order:":                      "",
		"wappa:EXPTRIGGER:unknown:7":                   "",
		"{wappa:3}:EXPTRIGGER:order:7":                 "",
		"wappa:user:order:7":                           "",
		"":                                             "",
	} {
		server.Publish(expiry.Layout{}.Channel(), key)
		if event != "" {
			want = append(want, event)
		}
	}
	server.Publish(expiry.Layout{}.Channel(), "wappa:EXPTRIGGER:order:last")
	want = append(want, "order last")
	eventually(t, "the last event", func() bool { return slices.Contains(heard.all(), "order last") })
	slices.Sort(want)
	if got := slices.Sorted(slices.Values(heard.all())); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestReconnect cuts the subscription on a real Redis: the listener is back, and
// hears of the triggers of two actions.
func TestReconnect(t *testing.T) {
	addr := redistest.Start(t)
	heard, subscribed := listen(t, client(t, addr, expiry.DB), "a", "b")
	c := client(t, addr, 0)
	if err := c.Do(context.Background(), "CLIENT", "KILL", "TYPE", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the next subscription", func() bool { return subscribed.Load() == 2 })
	timers := &expiry.Timers{Client: c}
	for _, action := range []string{"a", "b", "nobody's"} {
		if err := timers.Set(context.Background(), action, "1", 100*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the events", func() bool { return len(heard.all()) == 2 })
	if got := slices.Sorted(slices.Values(heard.all())); !slices.Equal(got, []string{"a 1", "b 1"}) {
		t.Errorf("got %q", got)
	}
}

// mute is a connection that swallows what the server says once it is muted.
type mute struct {
	net.Conn
	muted <-chan struct{}
}

func (c *mute) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		select {
		case <-c.muted:
			if err == nil {
				continue
			}
		default:
		}
		return n, err
	}
}

// TestMuteConnection has a listener notice that a connection is dead although it
// is open, in virtual time.
func TestMuteConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := miniredis.NewMiniRedis()
		defer server.Close()
		muted := make(chan struct{})
		c := redis.NewClient(&redis.Options{
			Addr: "127.0.0.1:6379", DB: expiry.DB, PoolSize: 1000,
			MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
			Dialer: func(context.Context, string, string) (net.Conn, error) {
				conn, err := server.Dial()
				select {
				case <-muted:
					return conn, err
				default:
					return &mute{conn, muted}, err
				}
			},
		})
		defer c.Close()
		var subscribed []time.Duration
		start := time.Now()
		l := &expiry.Listener{
			Client: c, Registry: &expiry.Registry{}, Clock: clock.New(), Logger: slog.New(slog.DiscardHandler),
			Subscribed: func() { subscribed = append(subscribed, time.Since(start)) },
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); l.Run(ctx) }()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if len(subscribed) != 1 || !l.Ready() {
			t.Errorf("after five quiet minutes: subscribed at %v, ready: %t", subscribed, l.Ready())
		}
		close(muted)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if len(subscribed) != 2 || !l.Ready() {
			t.Errorf("after two mute minutes: subscribed at %v, ready: %t", subscribed, l.Ready())
		}
		cancel()
		<-done
	})
}
