package fakewa

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wappasim/fakewa/event"
	"wappasim/fakewa/internal/follow"
)

// Clock is the time of a [Server]: of messages, windows, limits, tokens, media
// and redelivery. It runs with the machine's, or stands
// still, and [Clock.Advance] moves it ahead. Several servers may share one. In a
// testing/synctest bubble it is the bubble's.
type Clock struct {
	still time.Time // where it stands, plus ahead; zero: it runs

	advancing sync.Mutex // held by the one Advance

	mu       sync.Mutex // guards what follows
	ahead    time.Duration
	awake    int        // goroutines with work at the present time
	calm     *sync.Cond // of mu: awake has become 0
	asleep   sleepers
	watchers []*follow.Log[happening] // of servers, which tell that the clock was moved
}

type sleeper struct {
	until time.Time
	due   event.Due     // what is done then; At is until
	woken chan struct{} // closed when it is due
	timer *time.Timer   // of a clock that runs
	place int           // in sleepers; -1: it was woken
}

// sleepers is a heap; the one that is due first is at its top.
type sleepers []*sleeper

func (s sleepers) Len() int           { return len(s) }
func (s sleepers) Less(i, j int) bool { return s[i].until.Before(s[j].until) }
func (s sleepers) Swap(i, j int)      { s[i], s[j] = s[j], s[i]; s[i].place, s[j].place = i, j }
func (s *sleepers) Push(x any)        { x.(*sleeper).place = len(*s); *s = append(*s, x.(*sleeper)) }
func (s *sleepers) Pop() any {
	last := (*s)[len(*s)-1]
	last.place = -1
	*s = (*s)[:len(*s)-1]
	return last
}

// maxAhead bounds how far a clock can be moved: far enough for tests, and before the
// years that no date format can write.
const maxAhead = 100 * 365 * 24 * time.Hour

// ClockFrom returns a clock that runs from a time on, like time.Now().
func ClockFrom(at time.Time) *Clock {
	c := StillClock(time.Time{})
	c.ahead = time.Until(at)
	return c
}

// StillClock returns a clock that stands still at a time, so that the times of a
// test repeat.
func StillClock(at time.Time) *Clock {
	c := &Clock{still: at}
	c.calm = sync.NewCond(&c.mu)
	return c
}

// Still tells whether the clock stands still, except for Advance.
func (c *Clock) Still() bool { return !c.still.IsZero() }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.still.IsZero() {
		return time.Now().Add(c.ahead).UTC()
	}
	return c.still.Add(c.ahead).UTC()
}

// Scheduled returns what is due by the clock, such as redeliveries of webhooks, by time.
func (c *Clock) Scheduled() []event.Due {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]event.Due, len(c.asleep))
	for i, s := range c.asleep {
		all[i] = s.due
		all[i].At = s.until
	}
	slices.SortStableFunc(all, func(a, b event.Due) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.What, b.What), strings.Compare(a.Text, b.Text))
	})
	return all
}

// Advance moves the clock ahead, from one due event to the next: a webhook that needs
// a hundred redeliveries within the next seven days gets a hundred. It waits until the
// work of each event is done, which takes as long as the bot takes to answer. If ctx
// ends before, the clock stays where it is. A handler of webhooks must not call
// Advance: it would wait for itself. In all, a clock can be moved 100 years ahead.
func (c *Clock) Advance(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return errors.New("fakewa: advance the clock: the time is negative: want one of 0 or more")
	}
	c.advancing.Lock()
	defer c.advancing.Unlock()
	defer context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.calm.Broadcast()
	})()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ahead > maxAhead-d {
		return fmt.Errorf("fakewa: advance the clock: %s is too long: a clock can be moved %s ahead in all, and is %s ahead", d, maxAhead, c.ahead)
	}
	goal := c.now().Add(d)
	defer c.setTimers()
	for {
		for c.awake > 0 && ctx.Err() == nil {
			c.calm.Wait()
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("fakewa: advance the clock: %w", err)
		}
		next := goal
		due := len(c.asleep) > 0 && !c.asleep[0].until.After(goal)
		if due {
			next = c.asleep[0].until
		}
		if by := next.Sub(c.now()); by > 0 {
			c.ahead += by
			c.tell(by)
		}
		if !due {
			return nil
		}
		for len(c.asleep) > 0 && !c.asleep[0].until.After(next) {
			c.wake(c.asleep[0])
		}
	}
}

// watch has a server's log tell when the clock is moved, until unwatch.
func (c *Clock) watch(log *follow.Log[happening]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers = append(c.watchers, log)
}

func (c *Clock) unwatch(log *follow.Log[happening]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers = slices.DeleteFunc(c.watchers, func(other *follow.Log[happening]) bool { return other == log })
}

// tell tells that the clock was moved. The caller holds mu.
func (c *Clock) tell(by time.Duration) {
	now := c.now()
	for _, log := range c.watchers {
		log.Add(happening{at: now, kind: event.Clock, about: &event.Move{Now: now, By: by.Seconds()}})
	}
}

// setTimers resets the timers of sleepers to the time that Advance has set. The caller
// holds mu.
func (c *Clock) setTimers() {
	for _, s := range c.asleep {
		if s.timer != nil {
			s.timer.Reset(s.until.Sub(c.now()))
		}
	}
}

// wake wakes a sleeper, and counts it among those that are awake. The caller
// holds mu.
func (c *Clock) wake(s *sleeper) {
	if s.place >= 0 {
		heap.Remove(&c.asleep, s.place)
		close(s.woken)
		c.awake++
	}
}

// enter counts the caller among those that Advance waits for, until leave.
func (c *Clock) enter() (leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awake++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.rest()
	}
}

// rest counts one goroutine less as awake. The caller holds mu.
func (c *Clock) rest() {
	if c.awake--; c.awake == 0 {
		c.calm.Broadcast()
	}
}

// sleep waits for a time, or returns the error of ctx if it ends before. due is what the
// caller does then. The caller has entered.
func (c *Clock) sleep(ctx context.Context, d time.Duration, due event.Due) error {
	if d <= 0 {
		return ctx.Err()
	}
	c.mu.Lock()
	s := &sleeper{until: c.now().Add(d), due: due, woken: make(chan struct{})}
	heap.Push(&c.asleep, s)
	if c.still.IsZero() {
		s.timer = time.AfterFunc(d, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.wake(s)
		})
		defer s.timer.Stop()
	}
	c.rest()
	c.mu.Unlock()

	select {
	case <-s.woken:
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		c.wake(s)
	}
	return ctx.Err()
}
