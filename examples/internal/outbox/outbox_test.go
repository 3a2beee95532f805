package outbox_test

import (
	"errors"
	"testing"
	"time"

	"wappasim/sim"
)

// TestUnknownAnswersAreSettled loses what WhatsApp says to a send. If WhatsApp has the
// message, a status proves it; else it is sent again when the lease is over, or at once if
// that it failed is known.
func TestUnknownAnswersAreSettled(t *testing.T) {
	const old = 3 * time.Minute // after which a replica knows all statuses
	for sentence, bounds := range map[string][2]time.Duration{
		"the API loses the next answer":                                {0, 0},
		"the API never answers the next time":                          {2 * time.Minute, 2 * time.Minute},
		"the API takes the next message, which then fails with 131000": {2 * time.Second, 2 * time.Second},
		"replica 1 crashes before API call 1":                          {2 * time.Minute, 12 * time.Minute}, // the other one looks
	} {
		t.Run(sentence, func(t *testing.T) {
			w, err := sim.New(newShop, sim.Test(t), sim.Replicas(2))
			if err != nil {
				t.Fatal(err)
			}
			fault, err := sim.ParseFault(sentence)
			if err := errors.Join(err, w.Wait(old)); err != nil {
				t.Fatal(err)
			}
			began := w.Now()
			if err := errors.Join(w.Inject(fault), w.Say("Ana", "Pizza"), w.Wait(time.Hour)); err != nil {
				t.Fatal(err)
			}
			inbox := w.Inbox("Ana")
			if len(inbox) != 1 {
				t.Fatalf("got %v", inbox)
			}
			if after := inbox[0].At.Sub(began).Round(time.Second); after < bounds[0] || after > bounds[1] {
				t.Errorf("it came after %s, want %s", after, bounds)
			}
		})
	}
}
