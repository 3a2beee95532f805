// Package expiry calls handlers when timers fire: the ExpiryActions pattern, with
// deadlines in Redis that are kept.
//
//	var actions expiry.Registry
//	err = actions.OnExpire("reminder", func(ctx context.Context, f *expiry.Firing) error {
//		fmt.Println("remind", f.Identifier)
//		stop()
//		return nil
//	})
//	…
//	worker := &expiry.Worker{Client: client, Registry: &actions, Clock: clock.New(), Logger: logger, NewID: rand.Text, RetryFor: time.Hour}
//	timers := &expiry.Timers{Client: client, Worker: worker}
//	if err := timers.Set(ctx, "reminder", "+15550000001", 10*time.Millisecond); err != nil {
//		log.Fatal(err)
//	}
//	if err := worker.Run(ctx); err != nil {
//		log.Fatal(err)
//	}
//
// A timer belongs to an action and an identifier. When it is due, a worker claims it:
// this is a [Firing], which the worker passes to the action's [Handler]. All state is in
// Redis, under the names that a [Layout] gives. The pattern's own trigger key, such as
// wappa:EXPTRIGGER:user_inactivity:+1234567890, is there too, in database 3, and expires
// with the timer. Redis announces the expiry late and once, and a replica that is away
// misses it. So the deadline decides, and a [Listener] only wakes a worker.
//
// # Guarantees
//
// A timer fires no earlier than after its delay, by Redis' clock. Its handler is called
// at least once, also if replicas crash at any point, if Redis restarts or fails over and
// has kept its data, and if no event ever comes. A timer that is set again does not fire
// for its earlier setting.
//
// Each firing has an id. A repeated call for the same firing has the same id. It happens
// only if the earlier call failed, did not return within [Lease], or its replica is gone.
// Call [Firing.Hold] right before an effect: it tells whether the firing still belongs to
// the caller. The firings of one timer are handled one after another, in order; those of
// different timers are handled concurrently.
//
// If a handler fails, it is called again after 1, 4, 16, 64 and then every 120 seconds,
// each up to half longer by chance, for as long as [Worker.RetryFor]. After that, or at
// once with [Park], the firing is parked and [Timers.Parked] lists it.
//
// All of this depends on Redis' clock, and on Redis keeping what it acknowledged.
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

// Handler handles a firing. The package comment says when it is called again for the same
// firing.
type Handler func(ctx context.Context, f *Firing) error

// Park makes a handler's error final: the firing is parked, with the error as the
// reason. Park(nil) is nil.
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

// Registry holds the handlers by action. The zero value is ready for use. It is safe for
// concurrent use.
type Registry struct {
	mu       sync.RWMutex
	handlers map[string]Handler // guarded by mu
}

// OnExpire registers the handler of an action. It returns an error if the action is
// empty, the handler is nil, or the action has a handler already.
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
