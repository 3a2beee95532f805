// Package expiry runs actions when timers fire: the ExpiryActions pattern, on
// deadlines that are kept.
//
// [Timers] sets a timer for an action and an identifier; a [Registry] says what is
// to be done for each action; a [Worker] finds what is due and calls the action's
// [Handler]. All that is known of a timer is in Redis, under names that a [Layout]
// gives. The pattern's own trigger key is there too, in database 3,
//
//	wappa:EXPTRIGGER:user_inactivity:+1234567890
//
// and expires with the timer; but Redis announces that late, once, and to nobody
// who is away. So a [Listener] only wakes a worker.
//
// # What is promised
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
// It rests on Redis: on its clock, and on its keeping what it acknowledged.
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

// Again makes the worker call the handler again after a while. The error may be nil:
// then nothing failed.
func Again(after time.Duration, err error) error {
	if err == nil {
		return &againError{after: after, error: errNotDone, why: true}
	}
	return &againError{after: after, error: err}
}

// Later makes the worker call the handler again after a while, for a reason that is no
// failure: this wait does not count towards [Worker.RetryFor].
func Later(after time.Duration, why error) error {
	return &againError{after: after, error: why, free: true, why: true}
}

// ErrLost says that a firing is not the caller's any more. A handler that returns it
// leaves the firing to its new owner.
var ErrLost = errors.New("expiry: another replica has taken the firing over, or it is closed")

var errNotDone = errors.New("expiry: the handler is not done yet")

type parkError struct{ error }

func (e *parkError) Unwrap() error { return e.error }

type againError struct {
	after time.Duration
	error
	free bool // it does not count towards RetryFor
	why  bool // error is a reason to wait, and not a failure
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
		return fmt.Errorf("expiry: register %q: the action has a handler already", action)
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
