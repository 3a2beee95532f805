package sim_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/sim"
	"wappasim/sim/trace"
)

// shop is a bot with two services: it has a price found, and takes a payment, of which a
// callback tells it.
func shop(env sim.Env) (sim.App, error) {
	return app{serve: func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/payments/callback" {
			body, _ := io.ReadAll(r.Body)
			user, text, _ := strings.Cut(string(body), " ")
			_ = sendText(env, user, "paid: "+text)
			return
		}
		for _, m := range heard(r) {
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
				defer cancel()
				for _, url := range []string{"https://prices.example/find", payURL + "/pay"} {
					req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(m.from+" "+m.text))
					if err != nil {
						return
					}
					resp, err := env.HTTP.Do(req)
					if err != nil {
						_ = sendText(env, m.from, "failed: "+m.text)
						return
					}
					_, err = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
					if err != nil || resp.StatusCode >= 400 {
						_ = sendText(env, m.from, fmt.Sprintf("%d: %s", resp.StatusCode, m.text))
						return
					}
				}
			}()
		}
	}}, nil
}

// found streams an answer in three pieces.
func found(w http.ResponseWriter, _ *http.Request) {
	for range 3 {
		time.Sleep(300 * time.Millisecond)
		fmt.Fprintln(w, "found")
		w.(http.Flusher).Flush()
	}
}

var shopping = sim.Workload{Faults: sim.AllFaults, Settle: time.Minute, Options: []sim.Option{
	sim.Service("https://prices.example", http.HandlerFunc(found)), sim.Service(payURL, http.HandlerFunc(callback)),
}}

// TestABotWithServicesIsTheSameTwice plays a bot with two services on two replicas, with all
// faults.
func TestABotWithServicesIsTheSameTwice(t *testing.T) {
	if err := sim.Check(shop, sim.Seeds(50), shopping); err != nil {
		t.Error(err)
	}
}

// TestFaultsOfServicesAreMet looks for each kind in an exploration, and for what it does.
func TestFaultsOfServicesAreMet(t *testing.T) {
	var met []sim.Property
	for _, words := range []string{"prices.example answers", "pay.example.com answers", " takes ", "never answers", "loses the", "before service call", "after service call"} {
		met = append(met, sim.Sometimes(words, func(t *trace.Trace) bool {
			for _, e := range t.Events() {
				if e.What == trace.Injects && strings.Contains(e.Text, words) && (strings.Contains(e.Text, "the service ") || strings.Contains(e.Text, "service call")) {
					return true
				}
			}
			return false
		}))
	}
	met = append(met, sim.Sometimes("a refused call", func(t *trace.Trace) bool {
		for _, e := range t.Events() {
			if e.What == trace.Sends && e.Status >= 429 {
				return true
			}
		}
		return false
	}), sim.Sometimes("a lost answer", func(t *trace.Trace) bool {
		for _, e := range t.Events() {
			if e.What == trace.Sends && e.Lost {
				return true
			}
		}
		return false
	}))
	if report, err := sim.Explore(shop, sim.Seeds(100), shopping, append(met, sim.OwnWords(), sim.NoLeaks())...); err != nil {
		t.Error(report, err)
	}
}
