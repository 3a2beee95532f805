package sim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wappasim/sim/internal/bubble"
	"wappasim/sim/trace"
)

// answerTime bounds the virtual time until a webhook is answered, and until a bot
// has ended.
const answerTime = 2 * time.Minute

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

// WaitFor lets time pass until something is so, but d at most, and tells whether it is. It
// asks at the beginning, whenever the bot has called the Graph API, and at the end.
func (w *World) WaitFor(d time.Duration, so func() bool) (is bool, err error) {
	if d < 0 {
		return false, fmt.Errorf("sim: wait: %s is negative", d)
	}
	until := w.Now().Add(d)
	for over := false; ; {
		if is = so(); is || over {
			return is, nil
		}
		if err := w.do(func() error {
			called := make(chan struct{}) // made in the bubble: one from outside would stop its time
			w.mu.Lock()
			w.heard = called
			w.mu.Unlock()
			if err := w.pass(until, called); err != nil {
				return err
			}
			over = !time.Now().Before(until)
			return w.runs()
		}); err != nil {
			return false, err
		}
	}
}

// passToNext lets time pass until something happens that the trace tells, other than a Redis
// command: a bot may ask Redis all the time whether there is work. It tells whether something
// did within most.
func (w *World) passToNext(most time.Duration) (happens bool, err error) {
	err = w.do(func() error {
		ctx, enough := context.WithCancel(context.Background())
		defer enough()
		happened := make(chan struct{}) // made in the bubble: one from outside would stop its time
		n := w.trace.Len()
		go func() {
			for e := range w.trace.Follow(ctx, n) {
				if e.What != trace.Commands {
					close(happened)
					return
				}
			}
		}()
		if err := w.pass(time.Now().Add(most), happened); err != nil {
			return err
		}
		select {
		case <-happened:
			happens = true
		default:
		}
		w.trace.Pass()
		return w.runs()
	})
	return happens, err
}

// hear ends the wait of WaitFor for the bot's next call to the Graph API.
func (w *World) hear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.heard != nil {
		close(w.heard)
		w.heard = nil
	}
}

// passUntil lets time pass until t. It fails if the Run of a bot has returned
// meanwhile.
func (w *World) passUntil(t time.Time) error {
	if err := w.pass(t, nil); err != nil {
		return err
	}
	w.trace.Pass()
	return w.runs()
}

// runs fails if the Run of a bot has returned.
func (w *World) runs() error {
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

// pass lets time pass, event by event, until it is the given time and the bot
// is idle, or until done.
func (w *World) pass(until time.Time, done <-chan struct{}) error {
	for {
		w.settle()
		if err := w.startEnded(); err != nil {
			return err
		}
		if do, ok := w.due(); ok {
			if err := do(); err != nil {
				return err
			}
			continue
		}
		at := until
		if e, ok := w.redis.Next(); ok && e.At.Before(at) {
			at = e.At
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
		case <-w.woken:
		}
		timer.Stop()
	}
}

// settle lets the bot come to rest at the present time, and has Redis serve the commands
// that wait and announce the keys that have expired, one by one.
func (w *World) settle() {
	for {
		bubble.Settle()
		w.progress.Add(1)
		if w.reap() {
			continue
		}
		w.redis.CatchUp()
		if w.redis.Serve() {
			w.notes.changes.Add(1)
			continue
		}
		w.noteChanges()
		e, ok := w.redis.Expired()
		if !ok {
			return
		}
		w.expire(e)
	}
}

// wake makes pass look again what is due: something may be due earlier than thought.
func (w *World) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
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
		return fmt.Errorf("sim: waited %s of virtual time for %s", answerTime, what)
	}
}

// aside runs f in a goroutine of its own, and lets time pass until f returns.
func (w *World) aside(what string, f func()) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return w.await(done, what)
}

// appointment is something that the world does at its time.
type appointment struct {
	at time.Time
	do func() error
}

// after has the world do something later. Of two things at the same time, the one
// that was asked for first comes first.
func (w *World) after(d time.Duration, do func() error) {
	a := appointment{time.Now().Add(d), do}
	at, _ := slices.BinarySearchFunc(w.agenda, a.at, func(b appointment, t time.Time) int {
		if b.at.After(t) {
			return 1
		}
		return -1
	})
	w.agenda = slices.Insert(w.agenda, at, a)
}

// due takes the next thing off the agenda whose time has come.
func (w *World) due() (do func() error, ok bool) {
	if len(w.agenda) == 0 || w.agenda[0].at.After(time.Now()) {
		return nil, false
	}
	do = w.agenda[0].do
	w.agenda = w.agenda[1:]
	return do, true
}
