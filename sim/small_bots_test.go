package sim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/sim"
)

// app is a bot in a few lines.
type app struct {
	serve func(http.ResponseWriter, *http.Request)
	run   func(context.Context) error
	close func() error
}

func (a app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.serve != nil {
		a.serve(w, r)
	}
}

func (a app) Run(ctx context.Context) error {
	if a.run != nil {
		return a.run(ctx)
	}
	<-ctx.Done()
	return nil
}

func (a app) Close() error {
	if a.close != nil {
		return a.close()
	}
	return nil
}

// of returns a factory that always returns the same bot.
func of(a app) sim.Factory { return func(sim.Env) (sim.App, error) { return a, nil } }

func world(t *testing.T, f sim.Factory, opts ...sim.Option) *sim.World {
	t.Helper()
	w, err := sim.New(f, append([]sim.Option{sim.Test(t), sim.WhatsApp(unprompted)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// sendText sends a text through the Graph API.
func sendText(env sim.Env, to, text string) error {
	return sendBody(env, fmt.Sprintf(`{"messaging_product":"whatsapp","to":%q,"type":"text","text":{"body":%q}}`, to, text))
}

// sendBody makes a call that sends a message.
func sendBody(env sim.Env, body string) error {
	req, err := http.NewRequest("POST", env.GraphURL+"/"+env.PhoneNumberID+"/messages", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+env.Token)
	resp, err := env.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

const ana = "+15550000001"

// ticker sends a text each second from the start.
func ticker(env sim.Env) (sim.App, error) {
	return app{run: func(ctx context.Context) error {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if err := sendText(env, ana, fmt.Sprint(n)); err != nil {
					return err
				}
			}
		}
	}}, nil
}

// parrot answers each text with "you said" and the text. With a bug it does so twice,
// or also sends a random number.
func parrot(bug string) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		return app{serve: func(w http.ResponseWriter, r *http.Request) {
			for _, m := range heard(r) {
				for range map[string]int{"": 1, "twice": 2}[bug] {
					if err := sendText(env, m.from, "you said "+m.text); err != nil {
						w.WriteHeader(http.StatusServiceUnavailable)
					}
				}
				if bug == "dice" {
					_ = sendText(env, m.from, fmt.Sprint(rand.Uint64()))
				}
			}
		}}, nil
	}
}

type text struct{ from, text string }

// heard returns the texts in a webhook.
func heard(r *http.Request) (all []text) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From string
						Text struct{ Body string }
					}
				}
			}
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&hook) // what is no webhook has no texts
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				all = append(all, text{"+" + m.From, m.Text.Body})
			}
		}
	}
	return all
}
