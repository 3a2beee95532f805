package expiry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"
)

const defaultSlots = 256

// Worker calls the handlers of a [Registry] as timers fire. Fill the fields, then
// call Run once. Any number of workers share the work.
//
// A Worker sleeps until the next deadline that it knows, but at most a third of the
// shortest delay of the action. So it sees the timers that other processes set before
// they are due, without frequent polling.
type Worker struct {
	Client   redis.UniversalClient // of database 0
	Layout   Layout
	Registry *Registry
	Clock    clock.Clock
	Logger   *slog.Logger
	NewID    func() string // returns a new id each time
	RetryFor time.Duration // how long a firing is retried, from its first claim
	Slots    int           // handlers that run at a time; further firings wait in Redis. Default: 256

	// Claimed is called for each firing that is claimed. It may be nil.
	Claimed func(*Firing)

	handling sync.WaitGroup
	slots    chan struct{} // holds one for each handler that runs

	mu       sync.Mutex               // guards what follows
	loops    map[string][]*loop       // by action, one for each shard; nil while the worker does not run
	expected map[string]time.Duration // the shortest delay, by action
	handled  map[timer]bool           // timers whose handlers are running
}

// timer names a timer.
type timer struct{ action, identifier string }

// Run calls handlers until ctx ends. Then it waits for the handlers that are running and
// returns nil. It ignores actions that are registered later.
func (w *Worker) Run(ctx context.Context) error {
	var looking sync.WaitGroup
	for _, l := range w.begin() {
		looking.Go(func() { l.run(ctx) })
	}
	looking.Wait()
	w.handling.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loops = nil
	return nil
}

// begin makes the loops.
func (w *Worker) begin() (all []*loop) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slots = make(chan struct{}, cmp.Or(w.Slots, defaultSlots))
	w.loops, w.handled = make(map[string][]*loop), make(map[timer]bool)
	for _, action := range w.Registry.Actions() {
		for shard := range w.Layout.shards() {
			prefix := w.Layout.shardPrefix(shard)
			l := &loop{
				Worker: w, action: action, deadlines: prefix + "deadlines:" + action, leases: prefix + "leases:" + action,
				wake: make(chan struct{}, 1), often: usualSleep, failing: true,
			}
			if delay, ok := w.expected[action]; ok {
				l.expect(delay)
			}
			w.loops[action] = append(w.loops[action], l)
			all = append(all, l)
		}
	}
	return all
}

// Ready tells whether the worker is running and its last look at the timers of each action
// succeeded.
func (w *Worker) Ready() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, loops := range w.loops {
		for _, l := range loops {
			if l.fails() {
				return false
			}
		}
	}
	return w.loops != nil
}

// Armed notifies the worker of a timer that was set.
func (w *Worker) Armed(action, identifier string, delay time.Duration) {
	w.Expect(action, delay)
	w.LookWithin(action, identifier, delay)
}

// Expect notifies the worker of a delay with which timers of an action are set.
func (w *Worker) Expect(action string, delay time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	shortest, ok := w.expected[action]
	if ok && shortest <= delay {
		return
	}
	if w.expected == nil {
		w.expected = make(map[string]time.Duration)
	}
	w.expected[action] = delay
	for _, l := range w.loops[action] {
		l.expect(delay)
	}
}

// LookWithin makes the worker look at a timer within a time.
func (w *Worker) LookWithin(action, identifier string, d time.Duration) {
	w.mu.Lock()
	loops := w.loops[action]
	w.mu.Unlock()
	if loops != nil {
		loops[w.Layout.shard(identifier)].lookWithin(d)
	}
}

// LookAtAll makes the worker look at all timers now.
func (w *Worker) LookAtAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, loops := range w.loops {
		for _, l := range loops {
			l.awaken()
		}
	}
}

// handle calls the handler of a firing, closes the firing or leaves it to another
// attempt, and returns how soon the loop must look at its timer again.
func (w *Worker) handle(ctx context.Context, f *Firing) (next time.Duration) {
	err := w.call(ctx, f)
	log := w.Logger.With("action", f.Action, "identifier", f.Identifier, "attempt", f.Attempt)
	if errors.Is(err, ErrLost) {
		log.Info("another replica has taken the firing over")
		return never
	}
	park, final := errors.AsType[*parkError](err)
	again, asked := errors.AsType[*againError](err)
	wait := Backoff(f.Attempt, f.ID)
	if asked {
		wait = again.after
	}
	if err != nil && !final && !(asked && again.free) && f.now.Add(wait).Sub(f.opened) > w.RetryFor {
		park, final = &parkError{fmt.Errorf("no success within %s: %w", w.RetryFor, err)}, true
	}
	var failed error
	switch {
	case final:
		log.Error("handler failed, the firing is parked", "error", park.error)
		next, failed = w.close(ctx, f, &Parked{f.Action, f.Identifier, f.ID, park.Error(), f.Due, w.Clock.Now().UTC(), f.Attempt})
	case err != nil:
		text := "handler failed, retrying"
		if asked && again.why {
			text = "handler asked to be called again"
		}
		log.Warn(text, "error", err, "in", wait)
		next, failed = w.retry(ctx, f, wait)
	default:
		next, failed = w.close(ctx, f, nil)
	}
	if failed != nil {
		log.Warn("could not record the result of a firing; it is handled again when its lease ends", "error", failed)
	}
	return next
}

// call calls the handler, and turns a panic into an error.
func (w *Worker) call(ctx context.Context, f *Firing) (err error) {
	defer func() {
		if r := recover(); r != nil {
			w.Logger.Error("expiry handler panicked", "action", f.Action, "identifier", f.Identifier, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("expiry: the handler panicked: %v", r)
		}
	}()
	return w.Registry.handler(f.Action)(ctx, f)
}
