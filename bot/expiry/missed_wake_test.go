package expiry_test

// Copy to bot/expiry.

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/server"

	"wappasim/bot/expiry"
)

// TestWakeWhileLooking makes a timer due right after a worker has looked, while the
// answer is still on its way: the worker was told, and must look again at once.
func TestWakeWhileLooking(t *testing.T) {
	inBubble(t, func(w *world) {
		worker, timers, _ := w.work(nil, handlers{"a": func(_ context.Context, l *expiry.Lapse) error {
			w.saw("%s late", l.Late)
			return nil
		}})
		worker.Expect("a", 24*time.Hour)
		w.set(timers, "a", "1", 24*time.Hour)
		w.wait(time.Second)
		// The time is asked for last: by then the timers have been read.
		others := &expiry.Timers{Client: w.client(0)}
		looking, once := make(chan struct{}), false
		w.server.Server().SetPreHook(func(_ *server.Peer, command string, _ ...string) bool {
			if command == "TIME" && !once {
				once = true
				close(looking)
				time.Sleep(50 * time.Millisecond)
			}
			return false
		})
		<-looking // at the planned time
		told := time.Now()
		w.set(others, "a", "2", time.Millisecond) // as append.lua does with a session that is full
		worker.LookWithin("a", "2", 0)
		w.wait(5 * time.Minute)
		if len(w.seen) != 1 || len(w.seen[0]) == 0 {
			w.Fatalf("got %q", w.seen)
		}
		t.Logf("told at %s, called at %s", told.Sub(w.start), w.seen[0])
		if at, err := time.ParseDuration(strings.Fields(w.seen[0])[0]); err != nil || w.start.Add(at).Sub(told) > time.Second {
			w.Errorf("called at %s, although the worker was told at %s", w.seen[0], told.Sub(w.start))
		}
	})
}
