package fakewa_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// TestWebhooksAreDelayedLostAndDuplicated counts webhooks before and after a delay.
func TestWebhooksAreDelayedLostAndDuplicated(t *testing.T) {
	for name, test := range map[string]struct {
		fault         string
		before, after int // webhooks until a second has passed, and a minute
	}{
		"delay":           {`{"endpoint":"webhook","type":"status","delay":"5s","times":1}`, 2, 3},
		"lost":            {`{"endpoint":"webhook","type":"status","lost":true,"times":1}`, 4, 4},
		"duplicate":       {`{"endpoint":"webhook","type":"status","duplicate":true,"times":1}`, 4, 4},
		"another user":    {`{"endpoint":"webhook","user":"2","duplicate":true}`, 3, 3},
		"this user":       {`{"endpoint":"webhook","user":"16505551234","duplicate":true}`, 5, 5},
		"a type of yours": {`{"endpoint":"webhook","type":"text","duplicate":true}`, 3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			c := controlFake(t, fakewa.Config{Redeliver: 7 * 24 * time.Hour})
			c.say(ana, "hi")
			c.must("POST faults", test.fault)
			c.send(ana, "hi")
			c.must("POST clock", `{"advance":"1s"}`)
			before := len(c.bot.all())
			c.must("POST clock", `{"advance":"1m"}`)
			if got := c.bot.all(); before != test.before || len(got) != test.after {
				t.Errorf("got %d and %q", before, got)
			} else if name == "delay" && !strings.Contains(got[2], `"status":"sent"`) {
				t.Errorf("what was not late did not overtake: %q", got)
			}
		})
	}
}

func TestDelayedUserMessageWaitsForTheClock(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.must("POST faults", `{"endpoint":"webhook","type":"text","delay":"5s","times":1}`)
	answered := make(chan int)
	go func() {
		status, _, _ := c.try("POST users/1/messages", `{"type":"text","text":{"body":"hi"}}`)
		answered <- status
	}()
	c.met()
	if n := len(c.bot.all()); n != 0 {
		t.Errorf("%d webhooks came too early", n)
	}
	c.must("POST clock", `{"advance":"5s"}`)
	if status := <-answered; status != http.StatusCreated || len(c.bot.all()) != 1 {
		t.Errorf("got %d and %q", status, c.bot.all())
	}
}
