package sim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/trace"
)

// TestNothingOfACrashedBotGoesOn crashes a bot in the middle of its work. Redis keeps
// what it had.
func TestNothingOfACrashedBotGoesOn(t *testing.T) {
	var incarnations atomic.Int32
	w := world(t, func(env sim.Env) (sim.App, error) {
		incarnation := incarnations.Add(1)
		client := redis.NewUniversalClient(env.Redis)
		return app{run: func(ctx context.Context) error {
			client.Incr(ctx, "incarnations")
			for {
				select {
				case <-time.After(time.Second):
				case <-ctx.Done(): // a bot that does not stop when it should
					sendErr := sendText(env, ana, "after the crash")
					redisErr := client.Incr(context.Background(), "after").Err()
					if incarnation == 1 && (sendErr == nil || redisErr == nil) {
						t.Errorf("after the crash: %v, %v", sendErr, redisErr)
					}
					return nil
				}
				if err := sendText(env, ana, fmt.Sprint(incarnation)); err != nil {
					return err
				}
			}
		}, close: client.Close}, nil
	})
	for _, step := range []error{w.Wait(1500 * time.Millisecond), w.Crash(), w.Wait(time.Minute), w.Restart(), w.Wait(time.Second)} {
		if step != nil {
			t.Error(step)
		}
	}
	same(t, texts(w.Sent()), "09:00:01.000 1", "09:01:02.500 2")
	if keys := w.Keys(); len(keys) != 1 || keys[0].Value != "2" {
		t.Errorf("got %+v", keys)
	}
}

// TestABotCrashesWhileItStops restarts a bot that crashes at its last call.
func TestABotCrashesWhileItStops(t *testing.T) {
	for _, point := range []string{"before API call 1", "after API call 1", "before Redis command 1", "after Redis command 1"} {
		incarnation := 0
		w := world(t, func(env sim.Env) (sim.App, error) {
			incarnation++
			first, client := incarnation == 1, redis.NewUniversalClient(env.Redis)
			return app{run: func(ctx context.Context) error {
				<-ctx.Done()
				if first {
					err := errors.Join(client.Incr(context.Background(), "stops").Err(), sendText(env, ana, "goodbye"))
					if err == nil {
						t.Errorf("%s: it did not crash", point)
					}
				}
				return nil
			}, close: client.Close}, nil
		})
		f, err := sim.ParseFault("the bot crashes " + point)
		for _, err := range []error{err, w.Inject(f), w.Restart(), w.Wait(time.Minute), w.Close()} {
			if err != nil {
				t.Errorf("%s: %v", point, err)
			}
		}
	}
}

func TestErrorsOfTheBotAreReturned(t *testing.T) {
	boom := errors.New("boom")
	if _, err := sim.New(func(sim.Env) (sim.App, error) { return nil, boom }); !errors.Is(err, boom) {
		t.Errorf("factory: got %v", err)
	}
	if _, err := sim.New(func(sim.Env) (sim.App, error) { panic("boom") }); err == nil || !strings.Contains(err.Error(), "panic: boom") {
		t.Errorf("factory: got %v", err)
	}
	if _, err := sim.New(nil, sim.Replicas(0)); err == nil {
		t.Error("a world without a bot")
	}
	if _, err := sim.New(ticker, sim.Start(time.Unix(0, 0))); err == nil || !strings.Contains(err.Error(), "2000-01-01") {
		t.Errorf("1970: got %v", err)
	}

	w, err := sim.New(of(app{serve: func(http.ResponseWriter, *http.Request) { panic("boom") }}))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Say("Ana", "hello"); err == nil || !strings.Contains(err.Error(), "panicked: boom") {
		t.Errorf("webhook: got %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}

	w, err = sim.New(of(app{run: func(context.Context) error { return boom }}))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(1); err == nil || !strings.Contains(err.Error(), "returned by itself: boom") {
		t.Errorf("Run: got %v", err)
	}
	if err := w.Close(); !errors.Is(err, boom) {
		t.Errorf("Close: got %v", err)
	}

	w, err = sim.New(of(app{run: func(ctx context.Context) error { select {} }}))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "Run to return") {
		t.Errorf("Run that does not end: got %v", err)
	}
}

// TestHealingCallsOffACrash heals all faults between the beginning of a call and its end,
// after which the bot was to crash.
func TestHealingCallsOffACrash(t *testing.T) {
	w := world(t, func(env sim.Env) (sim.App, error) {
		return app{run: func(ctx context.Context) error {
			for ctx.Err() == nil {
				time.Sleep(time.Second) // until there are faults
				call, cancel := context.WithTimeout(ctx, 10*time.Second)
				req, err := http.NewRequestWithContext(call, http.MethodGet, env.GraphURL+"/"+env.PhoneNumberID, nil)
				if err == nil {
					var resp *http.Response
					if resp, err = env.HTTP.Do(req); err == nil {
						err = resp.Body.Close()
					}
				}
				cancel()
				if err == nil {
					err = sendText(env, ana, "it runs")
				}
				if err == nil {
					<-ctx.Done()
				}
			}
			return nil
		}}, nil
	})
	for _, sentence := range []string{"the API never answers the next time", "replica 1 crashes after API call 1"} {
		fault, err := sim.ParseFault(sentence)
		if err := errors.Join(err, w.Inject(fault)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Wait(5*time.Second), w.Inject(sim.Fault{Kind: sim.Heal}), w.Wait(time.Minute)); err != nil {
		t.Fatal(err)
	}
	same(t, texts(w.Sent()), "09:00:12.000 it runs")
}

// TestWebhooksThatAReplicaLosesEndOneByOne wants webhooks under way to a replica that ends
// to break at different times, also those that would have been cut off: what happens at one
// instant has no order.
func TestWebhooksThatAReplicaLosesEndOneByOne(t *testing.T) {
	var lost atomic.Int64
	apart := sim.Property{Name: "lost webhooks end one by one", Check: func(tr *trace.Trace) (together []sim.Violation) {
		var before trace.Event
		for _, e := range tr.Events() {
			if e.What != trace.Answers || !e.Lost {
				continue
			}
			lost.Add(1)
			if e.Who == before.Who && e.At.Equal(before.At) {
				together = append(together, sim.Violation{At: e.At, Why: fmt.Sprintf("#%d and #%d", before.Of, e.Of)})
			}
			before = e
		}
		return together
	}}
	slow := func(env sim.Env) (sim.App, error) {
		return app{serve: func(w http.ResponseWriter, r *http.Request) { time.Sleep(50 * time.Millisecond) }}, nil
	}
	workload := sim.Workload{Events: 60, Replicas: 1, Longest: 3 * time.Millisecond, Latency: 100 * time.Millisecond, Faults: []sim.FaultKind{sim.WebhooksCut, sim.Crash, sim.Restart}}
	if _, err := sim.Explore(slow, sim.Seeds(20), workload, apart); err != nil {
		t.Error(err)
	}
	if lost.Load() < 20 {
		t.Errorf("only %d webhooks were lost", lost.Load())
	}
}
