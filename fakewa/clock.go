package fakewa

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Clock is the time of a [Server]: of messages, windows, limits, tokens, media
// and webhooks that are brought again. It runs with the machine's, or stands
// still, and [Clock.Advance] moves it ahead. Several servers may share one. In a
// testing/synctest bubble it is the bubble's.
type Clock struct {
	still time.Time // where it stands, but for ahead; zero: it runs

	advancing sync.Mutex // held by the one Advance

	mu     sync.Mutex // guards what follows
	ahead  time.Duration
	awake  int        // goroutines that do what belongs to the present
	calm   *sync.Cond // of mu: awake has become 0
	asleep map[*sleeper]bool
}

type sleeper struct {
	until time.Time
	woken chan struct{} // closed by Advance
}

// NewClock returns a clock that runs.
func NewClock() *Clock { return StillClock(time.Time{}) }

// ClockFrom returns a clock that runs from a time on.
func ClockFrom(at time.Time) *Clock {
	c := NewClock()
	c.ahead = time.Until(at)
	return c
}

// StillClock returns a clock that stands still at a time, so that the times of a
// test repeat.
func StillClock(at time.Time) *Clock {
	c := &Clock{still: at, asleep: make(map[*sleeper]bool)}
	c.calm = sync.NewCond(&c.mu)
	return c
}

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

// Advance moves the clock ahead, from one thing that is due to the next: a
// webhook that is brought again a hundred times in the next seven days is brought
// a hundred times. It waits until what was due is done, which takes as long as the
// bot takes to answer; if ctx ends before, the clock stays where it is then.
func (c *Clock) Advance(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return errors.New("fakewa: advance the clock: time goes forward only")
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
	goal := c.now().Add(d)
	for {
		for c.awake > 0 && ctx.Err() == nil {
			c.calm.Wait()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		next := goal
		for s := range c.asleep {
			if s.until.Before(next) {
				next = s.until
			}
		}
		c.ahead += max(0, next.Sub(c.now()))
		due := 0
		for s := range c.asleep {
			if !s.until.After(next) {
				delete(c.asleep, s)
				close(s.woken)
				due++
			}
		}
		if c.awake += due; due == 0 {
			return nil
		}
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

// rest takes the caller, who holds mu, from those that are awake.
func (c *Clock) rest() {
	if c.awake--; c.awake == 0 {
		c.calm.Broadcast()
	}
}

// sleep waits for a time, or returns why ctx ended before. The caller has entered.
func (c *Clock) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	c.mu.Lock()
	s := &sleeper{c.now().Add(d), make(chan struct{})}
	c.asleep[s] = true
	c.rest()
	c.mu.Unlock()

	var fires <-chan time.Time // never, of a clock that stands still
	if c.still.IsZero() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		fires = timer.C
	}
	select {
	case <-fires:
	case <-s.woken:
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asleep[s] { // else Advance has counted it
		delete(c.asleep, s)
		c.awake++
	}
	return ctx.Err()
}
