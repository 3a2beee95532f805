package expiry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
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

func TestOnExpireRefuses(t *testing.T) {
	handler := func(context.Context, string, string) error { return nil }
	var r expiry.Registry
	if err := r.OnExpire("reminder", handler); err != nil || !r.Has("reminder") || r.Has("other") {
		t.Errorf("got %v", err)
	}
	for name, err := range map[string]error{
		"no name":    r.OnExpire("", handler),
		"no handler": r.OnExpire("other", nil),
		"twice":      r.OnExpire("reminder", handler),
	} {
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// heard collects what handlers were called with.
type heard struct {
	mu    sync.Mutex
	calls []string // guarded by mu
}

func (h *heard) handler(action string) expiry.Handler {
	return func(_ context.Context, identifier, key string) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.calls = append(h.calls, fmt.Sprintf("%s(%s) of %s", action, identifier, key))
		return nil
	}
}

func (h *heard) all() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.calls, "\n")
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s", what)
		}
	}
}

// listen runs a listener until the end of the test.
func listen(t *testing.T, l *expiry.Listener) {
	t.Helper()
	if l.Logger == nil {
		l.Logger = slog.New(slog.DiscardHandler)
	}
	l.Clock = clock.New()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	eventually(t, "the subscription", l.Ready)
}

func client(t *testing.T, addr string) redis.UniversalClient {
	c := redis.NewClient(&redis.Options{Addr: addr, DB: expiry.DB})
	t.Cleanup(func() { c.Close() })
	return c
}

// TestDispatch publishes events by hand and looks at which handler gets them.
func TestDispatch(t *testing.T) {
	server := miniredis.RunT(t)
	var (
		h heard
		r expiry.Registry
	)
	for _, action := range []string{"order", "order:late", "user_inactivity"} {
		if err := r.OnExpire(action, h.handler(action)); err != nil {
			t.Fatal(err)
		}
	}
	listen(t, &expiry.Listener{Client: client(t, server.Addr()), Registry: &r})
	var want []string
	for key, call := range map[string]string{
		"wappa:EXPTRIGGER:user_inactivity:+1234567890": "user_inactivity(+1234567890)",
		"wappa:EXPTRIGGER:order:7":                     "order(7)",
		"wappa:EXPTRIGGER:order:late:7":                "order:late(7)",
		"wappa:EXPTRIGGER:order:late:7:8":              "order:late(7:8)",
		"wappa:EXPTRIGGER:order:later":                 "order(later)",
		"wappa:EXPTRIGGER:order:late:":                 "order(late:)",
		"wappa:EXPTRIGGER:order":                       "",
		"wappa:EXPTRIGGER:order:":                      "",
		"wappa:EXPTRIGGER:unknown:7":                   "",
		"wappa:user:order:7":                           "",
		"":                                             "",
	} {
		server.Publish(expiry.Channel, key)
		if call != "" {
			want = append(want, call+" of "+key)
		}
	}
	eventually(t, "the handlers", func() bool { return len(strings.Split(h.all(), "\n")) == len(want) })
	for _, call := range want {
		if !strings.Contains(h.all()+"\n", call+"\n") {
			t.Errorf("%s is not among\n%s", call, h.all())
		}
	}
}

// TestLateEvent publishes the event of a trigger that was set again.
func TestLateEvent(t *testing.T) {
	server := miniredis.RunT(t)
	var (
		h heard
		r expiry.Registry
	)
	if err := r.OnExpire("a", h.handler("a")); err != nil {
		t.Fatal(err)
	}
	c := client(t, server.Addr())
	listen(t, &expiry.Listener{Client: c, Registry: &r})
	cache := expiry.NewCache(c)
	if err := cache.Set(context.Background(), "a", "1", time.Minute); err != nil {
		t.Fatal(err)
	}
	server.Publish(expiry.Channel, expiry.Key("a", "1"))
	server.Publish(expiry.Channel, expiry.Key("a", "2"))
	eventually(t, "the other event", func() bool { return h.all() != "" })
	if got := h.all(); got != "a(2) of wappa:EXPTRIGGER:a:2" {
		t.Errorf("got %s", got)
	}
}

// TestHandlersDoNotBlock has one handler hang, one fail and one panic: a fourth
// is called, and Run ends when the hanging one does.
func TestHandlersDoNotBlock(t *testing.T) {
	server := miniredis.RunT(t)
	var (
		h   heard
		r   expiry.Registry
		log bytes.Buffer
	)
	release := make(chan struct{})
	for action, handler := range map[string]expiry.Handler{
		"hang":  func(context.Context, string, string) error { <-release; return nil },
		"fail":  func(context.Context, string, string) error { return errors.New("no luck") },
		"panic": func(context.Context, string, string) error { panic("out of cheese") },
		"work":  h.handler("work"),
	} {
		if err := r.OnExpire(action, handler); err != nil {
			t.Fatal(err)
		}
	}
	l := &expiry.Listener{Client: client(t, server.Addr()), Registry: &r, Clock: clock.New(), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	eventually(t, "the subscription", l.Ready)
	for _, action := range []string{"hang", "fail", "panic", "work"} {
		server.Publish(expiry.Channel, expiry.Key(action, "1"))
	}
	eventually(t, "the working handler", func() bool { return h.all() != "" })
	cancel()
	select {
	case <-done:
		t.Error("Run did not wait for the handler")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	for _, want := range []string{"no luck", "out of cheese"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in the log:\n%s", want, &log)
		}
	}
}

// TestReconnect cuts the subscription on a real Redis, and swallows it: the
// listener is back, and says each time that it was away.
func TestReconnect(t *testing.T) {
	addr := redistest.Start(t)
	var (
		h  heard
		r  expiry.Registry
		mu sync.Mutex
	)
	subscribed := 0 // guarded by mu
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return subscribed
	}
	if err := r.OnExpire("a", h.handler("a")); err != nil {
		t.Fatal(err)
	}
	c := client(t, addr)
	listen(t, &expiry.Listener{Client: c, Registry: &r, Subscribed: func(context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		subscribed++
		if subscribed == 2 {
			return errors.New("the first look after the cut fails") // and is tried again
		}
		return nil
	}})
	eventually(t, "the first subscription", func() bool { return count() == 1 })
	if err := c.Do(context.Background(), "CLIENT", "KILL", "TYPE", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the next two", func() bool { return count() == 3 })
	if err := expiry.NewCache(c).Set(context.Background(), "a", "1", 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the event", func() bool { return h.all() == "a(1) of wappa:EXPTRIGGER:a:1" })
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
			Subscribed: func(context.Context) error {
				subscribed = append(subscribed, time.Since(start))
				return nil
			},
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx) }()
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
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestCache(t *testing.T) {
	ctx := context.Background()
	for name, addr := range map[string]string{"miniredis": miniredis.RunT(t).Addr(), "redis-server": redistest.Start(t)} {
		t.Run(name, func(t *testing.T) {
			cache := expiry.NewCache(client(t, addr))
			if ok, err := cache.Exists(ctx, "a", "1"); ok || err != nil {
				t.Errorf("got %t, %v", ok, err)
			}
			if ttl, err := cache.TTL(ctx, "a", "1"); ttl != 0 || err != nil {
				t.Errorf("got %s, %v", ttl, err)
			}
			for _, ttl := range []time.Duration{time.Hour, 1500 * time.Millisecond} {
				if err := cache.Set(ctx, "a", "1", ttl); err != nil {
					t.Fatal(err)
				}
				if got, err := cache.TTL(ctx, "a", "1"); got > ttl || got < ttl-time.Second || err != nil {
					t.Errorf("got %s, %v; want %s", got, err, ttl)
				}
			}
			if ok, err := cache.Exists(ctx, "a", "1"); !ok || err != nil {
				t.Errorf("got %t, %v", ok, err)
			}
			if err := cache.Delete(ctx, "a", "1"); err != nil {
				t.Fatal(err)
			}
			if ok, err := cache.Exists(ctx, "a", "1"); ok || err != nil {
				t.Errorf("got %t, %v", ok, err)
			}
			if err := cache.Set(ctx, "a", "1", 0); err == nil {
				t.Error("a TTL of 0 was taken")
			}
		})
	}
}
