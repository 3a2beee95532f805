// Package expiry runs actions when timers fire: the ExpiryActions pattern, on
// deadlines that are kept.
//
//	var actions expiry.Registry
//	_ = actions.OnExpire("remind", func(_ context.Context, f *expiry.Firing) error {
//		return remind(f.Identifier)
//	})
//	worker := &expiry.Worker{Client: client, Registry: &actions, Clock: clock.New(), Logger: slog.Default(), NewID: rand.Text}
//	timers := &expiry.Timers{Client: client, Worker: worker}
//	_ = timers.Set(ctx, "remind", "+1234567890", silence)
//	_ = worker.Run(ctx) // until ctx ends
//
// All state of a timer is in Redis, under keys that a [Layout] names. The trigger key
// of the pattern is in database 3 and expires with the timer: here it is
// wappa:EXPTRIGGER:remind:+1234567890. Redis publishes that expiry late, once, and only
// to clients that are connected. So a [Listener] only wakes a worker earlier; a
// [Worker] finds every timer that is due without it.
//
// # Guarantees
//
// A timer that was set fires no earlier than after its delay, by Redis' clock. Its
// handler is called at least once, also if replicas crash at any point, if Redis
// restarts or fails over and has kept its data, and if no event ever comes. A timer
// that is set again does not fire for its earlier setting.
//
// A call has a firing with an id. Another call for the same firing has the same id,
// and happens only when the first one failed, did not return within [Lease], or
// its replica is gone. [Firing.Hold] tells right before an effect whether the firing
// is still the caller's. Firings of one timer are handled one after another, in
// order; those of different timers side by side.
//
// A handler that fails is called again after 1, 4, 16, 64 and then every 120
// seconds, each a little longer by chance, for as long as [Worker.RetryFor]. Then,
// or at once with [Park], its firing is kept where [Timers.Parked] finds it.
//
// The package relies on Redis' clock, and on Redis keeping what it acknowledged.
package expiry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Handler acts on a firing. See [Firing] for what it may do, and the package for when
// it is called again.
type Handler func(ctx context.Context, l *Firing) error

// Park makes a handler's error final: the firing is parked, with the error as the
// reason. Without an error there is nothing to park.
func Park(err error) error {
	if err == nil {
		return nil
	}
	return &parkError{err}
}

// Again makes the firing be handled again after a while, whether there was an error
// or not.
func Again(after time.Duration, err error) error {
	if err == nil {
		err = errors.New("expiry: it is not done yet")
	}
	return &againError{after: after, error: err}
}

// Later makes the firing be handled again after a while, for which nobody is at
// fault: the while does not count towards [Worker.RetryFor].
func Later(after time.Duration, why error) error {
	return &againError{after: after, error: why, free: true}
}

// ErrLost is returned where a firing is not the caller's any more. A handler that
// returns it leaves the firing to whoever has it.
var ErrLost = errors.New("expiry: another replica has taken the firing over, or it is closed")

type parkError struct{ error }

func (e *parkError) Unwrap() error { return e.error }

type againError struct {
	after time.Duration
	error
	free bool // it does not count towards RetryFor
}

func (e *againError) Unwrap() error { return e.error }

// Registry holds the handlers by action. The zero value is ready; it is safe
// for concurrent use.
type Registry struct {
	mu       sync.RWMutex
	handlers map[string]Handler // guarded by mu
}

// OnExpire registers the handler of an action. It refuses an empty action, a
// nil handler, and an action that has one.
func (r *Registry) OnExpire(action string, h Handler) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case action == "":
		return errors.New("expiry: register a handler: the action has no name")
	case h == nil:
		return fmt.Errorf("expiry: register %q: the handler is nil", action)
	case r.handlers[action] != nil:
		return fmt.Errorf("expiry: register %q: it has a handler", action)
	}
	if r.handlers == nil {
		r.handlers = make(map[string]Handler)
	}
	r.handlers[action] = h
	return nil
}

// Has tells whether an action has a handler.
func (r *Registry) Has(action string) bool { return r.handler(action) != nil }

// Actions returns the actions that have handlers, in order of their names.
func (r *Registry) Actions() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Sorted(maps.Keys(r.handlers))
}

func (r *Registry) handler(action string) Handler {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.handlers[action]
}
