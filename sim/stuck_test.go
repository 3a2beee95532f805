package sim_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wappasim/sim"
)

// TestStuckNamesTheGoroutine has bots that wait for something outside the world.
func TestStuckNamesTheGoroutine(t *testing.T) {
	outside := make(chan int)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for where, run := range map[string]func(context.Context) error{
		"waitsForChannel": func(context.Context) error { return waitsForChannel(outside) },
		"waitsForSocket":  func(context.Context) error { return waitsForSocket(listener.Addr().String()) },
	} {
		w, err := sim.New(of(app{run: run}), sim.StallTimeout(200*time.Millisecond))
		if stuck, ok := errors.AsType[*sim.Stuck](err); !ok || w != nil || !strings.Contains(err.Error(), where) || len(stuck.Goroutines) != 1 {
			t.Errorf("got %v, want one that names %s", err, where)
		}
	}
	close(outside)
}

func waitsForChannel(c chan int) error { <-c; return nil }

func waitsForSocket(addr string) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	_, err = c.Read(make([]byte, 1))
	return err
}

// TestStuckWorldRefusesFurtherCalls has a bot that gets stuck in a webhook: each further
// call returns the same, and Close nothing.
func TestStuckWorldRefusesFurtherCalls(t *testing.T) {
	outside := make(chan int)
	defer close(outside)
	w, err := sim.New(of(app{serve: func(http.ResponseWriter, *http.Request) { waitsForChannel(outside) }}), sim.StallTimeout(200*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, ok := errors.AsType[*sim.Stuck](w.Say("Ana", "hello")); !ok {
			t.Error("got no Stuck")
		}
	}
	if err := w.Close(); err != nil {
		t.Errorf("Close: got %v", err)
	}
}

func TestLeakNamesTheGoroutine(t *testing.T) {
	for where, leak := range map[string]func(){
		"leaksOnChannel": func() { leaksOnChannel() },
		"leaksATicker":   func() { leaksATicker() },
	} {
		w, err := sim.New(of(app{serve: func(http.ResponseWriter, *http.Request) { go leak() }}))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Say("Ana", "hello"); err != nil {
			t.Fatal(err)
		}
		err = w.Close()
		if leak, ok := errors.AsType[*sim.Leak](err); !ok || len(leak.Goroutines) != 1 || !strings.Contains(err.Error(), where) || !strings.Contains(err.Error(), "stuck_test.go") {
			t.Errorf("got %v, want one that names %s", err, where)
		}
		if err := w.Close(); err != nil {
			t.Errorf("closed again: got %v", err)
		}
	}
}

func leaksOnChannel() { <-make(chan int) }

func leaksATicker() {
	for range time.Tick(time.Second) {
	}
}

// TestHTTPClientOfTheBotsOwnIsReal has a bot call a server outside the world with a
// client of its own: nothing keeps it from that.
func TestHTTPClientOfTheBotsOwnIsReal(t *testing.T) {
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer server.Close()
	w := world(t, of(app{serve: func(rw http.ResponseWriter, _ *http.Request) {
		own := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := own.Get(server.URL)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadGateway)
			return
		}
		resp.Body.Close()
	}}))
	before := w.Now()
	if err := w.Say("Ana", "hello"); err != nil || calls.Load() != 1 || !w.Now().Equal(before) {
		t.Errorf("%d calls in %s of virtual time, %v", calls.Load(), w.Now().Sub(before), err)
	}
}

// TestStuckNamesWhoMayHoldTheMutex has a bot that holds a mutex while it sends, and waits
// for it in another goroutine. WhatsApp takes its time.
func TestStuckNamesWhoMayHoldTheMutex(t *testing.T) {
	w, err := sim.New(func(env sim.Env) (sim.App, error) {
		var mu sync.Mutex
		return app{serve: func(http.ResponseWriter, *http.Request) {
			go waitsForMutex(&mu)
			_ = sendsUnderMutex(env, &mu)
		}}, nil
	}, sim.Latency(time.Second), sim.StallTimeout(2*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	slow, err := sim.ParseFault("the API takes 10 seconds")
	if err := errors.Join(err, w.Inject(slow)); err != nil {
		t.Fatal(err)
	}
	err = w.Say("Ana", "hello")
	stuck, ok := errors.AsType[*sim.Stuck](err)
	if !ok || len(stuck.Goroutines) != 1 || len(stuck.Holders) != 1 {
		t.Fatalf("got %+v", err)
	}
	if text := err.Error(); !strings.Contains(text, "waitsForMutex") || !strings.Contains(text, "in wappasim/sim_test.sendBody (") || !strings.Contains(text, "let go of the mutex before the call") {
		t.Errorf("got %s", text)
	}
}

func sendsUnderMutex(env sim.Env, mu *sync.Mutex) error {
	mu.Lock()
	defer mu.Unlock()
	return sendText(env, ana, "hello")
}

func waitsForMutex(mu *sync.Mutex) {
	time.Sleep(time.Millisecond) // the other one locks it first
	mu.Lock()
	defer mu.Unlock()
}
