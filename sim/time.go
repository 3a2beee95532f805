package sim

import (
	"fmt"
	"time"
)

// Now returns the world's time.
func (w *World) Now() (now time.Time) {
	_ = w.do(func() error { now = time.Now().UTC(); return nil })
	return now
}

// Wait lets time pass, with all that is due until then and at that very moment.
func (w *World) Wait(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("sim: wait: %s is negative", d)
	}
	return w.do(func() error { return w.until(time.Now().Add(d)) })
}

// WaitUntil lets time pass until t; a t that has passed is an error.
func (w *World) WaitUntil(t time.Time) error {
	return w.do(func() error {
		if now := time.Now(); t.Before(now) {
			return fmt.Errorf("sim: wait until %s: it is %s", t.UTC().Format(time.RFC3339Nano), now.UTC().Format(time.RFC3339Nano))
		}
		return w.until(t)
	})
}

// until passes the time and looks whether a bot gave up meanwhile.
func (w *World) until(t time.Time) error {
	w.pass(t, nil)
	for i := range w.replicas {
		r := w.replica(i)
		if r == nil {
			continue
		}
		select {
		case <-r.done:
			return fmt.Errorf("sim: the bot's Run returned by itself: %v", r.err)
		default:
		}
	}
	return nil
}

// Next returns what Redis announces next, and when: "3 wappa:EXPTRIGGER:…", the
// database and the key. The time is zero if there is nothing.
func (w *World) Next() (at time.Time, what string) {
	_ = w.do(func() error {
		w.store.catchUp()
		if e, ok := w.store.next(); ok {
			at, what = e.at.UTC(), fmt.Sprintf("%d %s", e.db, e.key)
		}
		return nil
	})
	return at, what
}
