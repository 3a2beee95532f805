package expiry

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// How long a loop sleeps at most between two looks at Redis: a third of the
	// shortest delay of its action, within these bounds, or usualSleep while it knows
	// of no delay.
	shortestSleep = 100 * time.Millisecond
	usualSleep    = Lease / 3
	longestSleep  = time.Minute

	// How long a loop waits after a look failed.
	firstRetry   = 100 * time.Millisecond
	longestRetry = 2 * time.Second
)

// loop looks at the timers of one action in one shard.
type loop struct {
	*Worker
	action            string
	deadlines, leases string        // keys
	wake              chan struct{} // holds one when the loop must look now

	at      sync.Mutex
	planned time.Time     // when the loop looks next; guarded by at
	often   time.Duration // the longest sleep between two looks; guarded by at
	failing bool          // the last look failed, or there was none yet; guarded by at
}

func (l *loop) awaken() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// expect makes the loop look often enough for timers with a delay.
func (l *loop) expect(delay time.Duration) {
	l.at.Lock()
	defer l.at.Unlock()
	l.often = max(min(delay/3, longestSleep).Truncate(time.Millisecond), shortestSleep)
}

func (l *loop) lookWithin(d time.Duration) {
	l.at.Lock()
	earlier := l.Clock.Now().Add(d).Before(l.planned)
	l.at.Unlock()
	if earlier {
		l.awaken()
	}
}

func (l *loop) fails() bool {
	l.at.Lock()
	defer l.at.Unlock()
	return l.failing
}

// plan records when the loop looks next, and returns how long it waits until then.
func (l *loop) plan(wait time.Duration) time.Duration {
	l.at.Lock()
	defer l.at.Unlock()
	wait = min(wait, l.often)
	l.planned = l.Clock.Now().Add(wait)
	return wait
}

func (l *loop) run(ctx context.Context) {
	retry := firstRetry
	for ctx.Err() == nil {
		l.plan(longestSleep) // so that a timer that is set during the look wakes the loop
		wait, err := l.look(ctx)
		l.at.Lock()
		l.failing = err != nil
		l.at.Unlock()
		if err != nil {
			l.Logger.Warn("reading the timers from Redis failed, retrying", "action", l.action, "error", err, "in", retry)
			wait, retry = retry, min(2*retry, longestRetry)
		} else {
			retry = firstRetry
		}
		if wait = l.plan(wait); wait <= 0 {
			continue
		}
		timer := l.Clock.Timer(wait)
		select {
		case <-timer.C:
		case <-l.wake:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// look claims the timers that are due, starts their handlers, and returns how long it is
// until the next timer is due.
func (l *loop) look(ctx context.Context) (wait time.Duration, err error) {
	due, wait, err := l.peek(ctx)
	if due = slices.DeleteFunc(due, l.isHandled); err != nil || len(due) == 0 {
		return wait, err
	}
	looked := l.Clock.Now()
	taken, err := l.takeSlots(ctx, len(due))
	if err != nil {
		return 0, nil // ctx has ended
	}
	if taken < len(due) {
		due, wait = due[:taken], 0
	}
	firings, err := l.claim(ctx, due)
	for range taken - len(firings) {
		<-l.slots
	}
	for _, firing := range firings {
		if l.Claimed != nil {
			l.Claimed(firing)
		}
		l.setHandled(firing.Identifier, true)
		l.handling.Go(func() {
			defer func() { <-l.slots }()
			next := l.handle(context.WithoutCancel(ctx), firing)
			l.setHandled(firing.Identifier, false)
			if next != never { // not before setHandled: the loop skips a timer that is still being handled
				l.LookWithin(firing.Action, firing.Identifier, next)
			}
		})
	}
	return wait - l.Clock.Since(looked), err
}

// isHandled tells whether a handler for the timer is running in this process. If a handler
// takes longer than its lease, only other replicas may claim the firing.
func (l *loop) isHandled(identifier string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.handled[timer{l.action, identifier}]
}

func (l *loop) setHandled(identifier string, is bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if is {
		l.handled[timer{l.action, identifier}] = true
	} else {
		delete(l.handled, timer{l.action, identifier})
	}
}

// takeSlots takes up to n slots, and waits for the first one. It takes none if ctx has
// ended, even if slots are free.
func (l *loop) takeSlots(ctx context.Context, n int) (taken int, err error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for taken = 1; taken < n; taken++ {
		select {
		case l.slots <- struct{}{}:
		default:
			return taken, nil
		}
	}
	return taken, nil
}
