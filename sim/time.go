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

// settle lets the bot come to rest at the present time and tells it of the keys
// that expired, one by one.
func (w *World) settle() {
	for {
		settle()
		w.progress.Add(1)
		w.store.catchUp()
		if !w.store.announce() {
			return
		}
	}
}

// pass lets time pass, event by event, until it is the given time and the bot
// is at rest, or until done.
func (w *World) pass(until time.Time, done <-chan struct{}) {
	for {
		w.settle()
		at := until
		if e, ok := w.store.next(); ok && e.at.Before(until) {
			at = e.at
		}
		select {
		case <-done:
			return
		default:
		}
		if !time.Now().Before(until) {
			return
		}
		timer := time.NewTimer(time.Until(at))
		select {
		case <-timer.C:
		case <-done:
		case <-w.store.touched:
		}
		timer.Stop()
	}
}

// await lets time pass until something is done.
func (w *World) await(done <-chan struct{}, what string) error {
	w.pass(time.Now().Add(answerTime), done)
	w.settle()
	select {
	case <-done:
		return nil
	default:
		return fmt.Errorf("sim: waited %s of virtual time for the bot's %s", answerTime, what)
	}
}

// aside runs f beside the world's time, which passes until f returns.
func (w *World) aside(what string, f func()) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return w.await(done, what)
}
