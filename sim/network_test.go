package sim_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/sim"
)

// TestNamesOutsideAWorldAreRefused has a bot that makes an HTTP client of its own.
func TestNamesOutsideAWorldAreRefused(t *testing.T) {
	var got error
	w := world(t, func(sim.Env) (sim.App, error) {
		return app{serve: func(http.ResponseWriter, *http.Request) {
			client := http.Client{Transport: new(http.Transport), Timeout: time.Minute}
			_, got = client.Get("https://graph.facebook.com/v23.0")
		}}, nil
	}, sim.StallTimeout(time.Second))
	before := w.Now()
	if err := errors.Join(w.Say("Ana", "hello"), w.Wait(time.Second)); err != nil {
		t.Fatal(err)
	}
	if got == nil || !strings.Contains(got.Error(), "graph.facebook.com") || !strings.Contains(got.Error(), "sim: the bot makes a call outside of its world: make it with Env.HTTP") {
		t.Errorf("got %v", got)
	}
	if passed := w.Now().Sub(before); passed != time.Second {
		t.Errorf("it took %s", passed-time.Second)
	}
	if _, err := net.DefaultResolver.LookupHost(context.Background(), "localhost"); err != nil {
		t.Errorf("outside of a world: %v", err)
	}
}
