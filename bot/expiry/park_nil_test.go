package expiry_test

// Copy to bot/expiry.

import (
	"context"
	"testing"
	"time"

	"wappasim/bot/expiry"
)

// TestParkNil has a handler end with Park(nil), as `return expiry.Park(f())` does
// where f succeeds, and with Again(d, nil): neither ends the process.
func TestParkNil(t *testing.T) {
	inBubble(t, func(w *world) {
		_, timers, _ := w.work(nil, handlers{
			"park": func(context.Context, *expiry.Lapse) error { return expiry.Park(nil) },
			"again": func(_ context.Context, l *expiry.Lapse) error {
				if l.Attempt == 2 {
					return nil
				}
				return expiry.Again(time.Second, nil)
			},
		})
		w.set(timers, "park", "1", time.Second)
		w.set(timers, "again", "1", time.Second)
		w.wait(time.Minute)
		w.counts(timers, "park", expiry.Counts{}, 0)
		w.counts(timers, "again", expiry.Counts{}, 0)
	})
}
