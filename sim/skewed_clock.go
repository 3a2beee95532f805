package sim

import (
	"context"
	"time"

	"github.com/benbjohnson/clock"
)

// skewedClock is a replica's clock. A fault can make it jump away from the world's
// time. As on a real machine, a jump changes what time it is and no timer.
type skewedClock struct {
	clock.Clock
	link *link
}

func (c skewedClock) off() time.Duration {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	return c.link.jump
}

func (c skewedClock) Now() time.Time                  { return c.Clock.Now().Add(c.off()) }
func (c skewedClock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }
func (c skewedClock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }
func (c skewedClock) WithDeadline(ctx context.Context, d time.Time) (context.Context, context.CancelFunc) {
	return c.Clock.WithDeadline(ctx, d.Add(-c.off()))
}

// jumpClock sets the replica's clock ahead, or back.
func (l *link) jumpClock(by time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jump += by
}
