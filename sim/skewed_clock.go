package sim

import (
	"context"
	"time"

	"github.com/benbjohnson/clock"
)

// jumpingClock tells a replica's time, which fault can set apart from everybody
// else's. As on a real machine, a jump changes what time it is and no timer.
type jumpingClock struct {
	clock.Clock
	link *link
}

func (c jumpingClock) off() time.Duration {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	return c.link.jump
}

func (c jumpingClock) Now() time.Time                  { return c.Clock.Now().Add(c.off()) }
func (c jumpingClock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }
func (c jumpingClock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }
func (c jumpingClock) WithDeadline(ctx context.Context, d time.Time) (context.Context, context.CancelFunc) {
	return c.Clock.WithDeadline(ctx, d.Add(-c.off()))
}

// jumpClock sets the replica's clock ahead, or back.
func (l *link) jumpClock(by time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jump += by
}
