package expiry

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// page is how many timers are read and claimed at once. Of those that are due,
	// freshFirst new ones come before each one that was tried before.
	page       = 100
	freshFirst = 3
)

// peek returns the identifiers of the timers that are due, and how long it is until the
// next one is due. New firings come first, but do not starve those that were tried
// before.
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
		return nil, 0, fmt.Errorf("expiry: read the timers of %s: %w", l.action, err)
	}
	now, err := clock()
	if err != nil {
		return nil, 0, fmt.Errorf("expiry: read the timers of %s: %w", l.action, err)
	}
	wait = longestSleep
	overdue := func(timers []redis.Z) (identifiers []string) {
		for _, timer := range timers {
			at := time.UnixMilli(int64(timer.Score))
			if at.After(now) {
				wait = min(wait, at.Sub(now))
				break
			}
			identifiers = append(identifiers, timer.Member.(string))
		}
		return identifiers
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
