package expiry

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// page is how many timers are looked at and claimed at once. Of those that are
	// due, freshFirst new ones come before each one that was tried before.
	page       = 100
	freshFirst = 3

	// How long a worker does not look at Redis at the most: a third of the shortest
	// delay of an action, within bounds, or as long as usualSleep where it has heard
	// of none.
	shortestSleep = 100 * time.Millisecond
	usualSleep    = Lease / 3
	longestSleep  = time.Minute

	// after a failure to look
	firstRetry   = 100 * time.Millisecond
	longestRetry = 2 * time.Second
)

// loop looks at the timers of one action in one shard.
type loop struct {
	*Worker
	action            string
	deadlines, leases string        // keys
	wake              chan struct{} // holds one when the loop is to look now

	at      sync.Mutex
	planned time.Time     // when it looks next; guarded by at
	often   time.Duration // how long it sleeps at the most; guarded by at
	failing bool          // the last look failed, or there was none; guarded by at
}

func (l *loop) awaken() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// expect has the loop look often enough for timers of a delay.
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

// plan notes when the loop looks next, and returns how long that is.
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
		l.plan(longestSleep) // so that what comes during the look is not overlooked
		wait, err := l.look(ctx)
		l.at.Lock()
		l.failing = err != nil
		l.at.Unlock()
		if err != nil {
			l.Logger.Warn("timers cannot be looked at, trying again", "action", l.action, "error", err, "in", retry)
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

// look claims what is due, has it handled, and returns how long until more is.
func (l *loop) look(ctx context.Context) (wait time.Duration, err error) {
	due, wait, err := l.peek(ctx)
	if due = slices.DeleteFunc(due, l.isHandled); err != nil || len(due) == 0 {
		return wait, err
	}
	looked := l.Clock.Now()
	taken, err := l.takeSlots(ctx, len(due))
	if err != nil {
		return 0, nil // it ends
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
			if next != never { // not earlier: the loop skips a timer that is still being handled
				l.LookWithin(firing.Action, firing.Identifier, next)
			}
		})
	}
	return wait - l.Clock.Since(looked), err
}

// isHandled tells whether this process calls a handler for a timer already. One that
// takes longer than its lease is left to others, and not called twice.
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

// peek returns who is due, and how long it is until the next one is. Most are new
// firings, but those that were tried before have their share.
func (l *loop) peek(ctx context.Context) (due []string, wait time.Duration, err error) {
	ctx, cancel := exchange(ctx, l.Clock)
	defer cancel()
	var clock func() (time.Time, error)
	var deadlines, leases *redis.ZSliceCmd
	_, err = l.Client.Pipelined(ctx, func(p redis.Pipeliner) error {
		deadlines, leases = p.ZRangeWithScores(ctx, l.deadlines, 0, page-1), p.ZRangeWithScores(ctx, l.leases, 0, page-1)
		clock = clockOf(ctx, p, l.Layout, l.deadlines)
		return nil
	})
	if err != nil {
		return nil, 0, fmt.Errorf("expiry: look at the timers of %s: %w", l.action, err)
	}
	now, err := clock()
	if err != nil {
		return nil, 0, fmt.Errorf("expiry: look at the timers of %s: %w", l.action, err)
	}
	wait = longestSleep
	overdue := func(timers []redis.Z) (who []string) {
		for _, timer := range timers {
			at := time.UnixMilli(int64(timer.Score))
			if at.After(now) {
				wait = min(wait, at.Sub(now))
				break
			}
			who = append(who, timer.Member.(string))
		}
		return who
	}
	fresh, tried := overdue(deadlines.Val()), overdue(leases.Val())
	for len(fresh)+len(tried) > 0 && len(due) < page {
		n := min(len(fresh), freshFirst)
		due, fresh = append(due, fresh[:n]...), fresh[n:]
		n = min(len(tried), 1)
		due, tried = append(due, tried[:n]...), tried[n:]
	}
	if len(due) >= page {
		due, wait = due[:page], 0
	}
	return due, wait, nil
}

// takeSlots takes up to n slots, and waits for the first one. A worker that is to end
// takes none, though there are some.
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

func (l *loop) claim(ctx context.Context, due []string) (firings []*Firing, err error) {
	ctx, cancel := exchange(ctx, l.Clock)
	defer cancel()
	keys := []string{l.deadlines, l.leases}
	args := []any{l.NewID(), Lease.Milliseconds(), l.Layout.TriggerDB(), 0}
	for _, identifier := range due {
		keys = append(keys, l.Layout.Firing(l.action, identifier), l.Layout.Trigger(l.action, identifier))
		args = append(args, identifier)
	}
	answer, err := claimScript.Run(ctx, l.Client, keys, args...).Slice()
	if err != nil {
		return nil, fmt.Errorf("expiry: claim timers of %s: %w", l.action, err)
	}
	for _, row := range answer {
		row := fields(row.([]any))
		firing := &Firing{
			Action: l.action, Identifier: due[row.int(0)-1], ID: row.text(1), Owner: row.text(2), Due: row.time(3),
			Attempt: int(row.int(6)), TakenOver: row.int(7) == 1, opened: row.time(4), now: row.time(5),
		}
		firing.Key, firing.Late = l.Layout.Trigger(l.action, firing.Identifier), firing.now.Sub(firing.Due)
		firing.hold = func(ctx context.Context) error { return l.hold(ctx, firing) }
		firings = append(firings, firing)
	}
	return firings, nil
}

// fields is a row of a script's answer, whose shape the script knows.
type fields []any

func (f fields) text(i int) string { return fmt.Sprint(f[i]) }

func (f fields) int(i int) int64 {
	n, _ := strconv.ParseInt(f.text(i), 10, 64) // the script writes numbers
	return n
}

func (f fields) time(i int) time.Time { return time.UnixMilli(f.int(i)).UTC() }
