package sim_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/sim"
)

// stubborn is a bot that uses http.DefaultClient for everything.
func stubborn(env sim.Env) (sim.App, error) {
	env.HTTP = http.DefaultClient
	return app{serve: func(_ http.ResponseWriter, r *http.Request) {
		for _, m := range heard(r) {
			resp, err := http.Get(payURL + "/" + m.text)
			if err != nil {
				_ = sendText(env, m.from, err.Error())
				continue
			}
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			_ = sendText(env, m.from, string(body))
		}
	}}, nil
}

// TestDefaultTransportLeadsIntoItsWorld has worlds beside each other, each with a service of
// its own at the same URL, and a server outside.
func TestDefaultTransportLeadsIntoItsWorld(t *testing.T) {
	for n := range 3 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			service := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "world %d: %s", n, r.URL.Path) })
			w := world(t, stubborn, sim.DefaultTransport(), sim.Service(payURL, service))
			for _, text := range []string{"a", "b"} {
				if err := w.Say("Ana", text); err != nil || lastText(w) != fmt.Sprintf("world %d: /%s", n, text) {
					t.Errorf("got %q, %v", lastText(w), err)
				}
				if err := errors.Join(w.Crash(), w.Restart()); err != nil {
					t.Error(err)
				}
			}
			outside := httptest.NewServer(http.NotFoundHandler())
			defer outside.Close()
			resp, err := http.Get(outside.URL)
			if err != nil || resp.StatusCode != http.StatusNotFound {
				t.Fatalf("outside: got %v, %v", resp, err)
			}
			_ = resp.Body.Close()
			http.DefaultClient.CloseIdleConnections()
			fakewa.New(fakewa.Config{WebhookURL: outside.URL}).Close()
		})
	}
	if _, err := sim.New(stubborn, sim.DefaultTransport(), sim.Replicas(2)); err == nil || !strings.Contains(err.Error(), "cannot tell them from each other") {
		t.Errorf("two replicas: got %v", err)
	}
}
