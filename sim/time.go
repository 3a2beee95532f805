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
	return w.do(func() error { return w.passUntil(time.Now().Add(d)) })
}

// WaitUntil lets time pass until t; a t that has passed is an error.
func (w *World) WaitUntil(t time.Time) error {
	return w.do(func() error {
		if now := time.Now(); t.Before(now) {
			return fmt.Errorf("sim: wait until %s: it is %s", t.UTC().Format(time.RFC3339Nano), now.UTC().Format(time.RFC3339Nano))
		}
		return w.passUntil(t)
	})
}

// passUntil passes the time and looks whether a bot gave up meanwhile.
func (w *World) passUntil(t time.Time) error {
	if err := w.pass(t, nil); err != nil {
		return err
	}
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
		w.bury()
		w.store.catchUp()
		e, ok := w.store.pop()
		if !ok {
			return
		}
		w.expire(e)
	}
}

// expire has an expiry announced, unless fault has something else in mind.
func (w *World) expire(e expiry) {
	what := Event{Who: "redis", What: Expires, Text: fmt.Sprintf("%d %s", e.db, e.key)}
	fault := Fault{}
	if len(w.eventFaults) > 0 {
		fault = w.eventFaults[0]
		if w.eventFaults[0].N--; w.eventFaults[0].N == 0 {
			w.eventFaults = w.eventFaults[1:]
		}
	}
	switch fault.Kind {
	case EventsLost:
		what.Lost = true
		w.trace.add(what)
		return
	case EventsLate:
		what.Text += ", to be announced " + FormatDuration(fault.By) + " late"
		w.after(fault.By, func() error { w.store.announce(e); return nil })
		w.trace.add(what)
		return
	case EventsTwice:
		what.Text += ", to be announced twice"
		w.after(0, func() error { w.store.announce(e); return nil })
	}
	w.trace.add(what)
	w.store.announce(e)
}

// pass lets time pass, event by event, until it is the given time and the bot
// is at rest, or until done.
func (w *World) pass(until time.Time, done <-chan struct{}) error {
	for {
		w.settle()
		if err := w.startEnded(); err != nil {
			return err
		}
		if len(w.agenda) > 0 && !w.agenda[0].at.After(time.Now()) {
			next := w.agenda[0]
			w.agenda = w.agenda[1:]
			if err := next.do(); err != nil {
				return err
			}
			continue
		}
		at := until
		if e, ok := w.store.next(); ok && e.at.Before(at) {
			at = e.at
		}
		if len(w.agenda) > 0 && w.agenda[0].at.Before(at) {
			at = w.agenda[0].at
		}
		select {
		case <-done:
			return nil
		default:
		}
		if !time.Now().Before(until) {
			return nil
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
	if err := w.pass(time.Now().Add(answerTime), done); err != nil {
		return err
	}
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
