package expiry

import (
	"context"
	"fmt"
	"strconv"
)

// Counts are the numbers of timers and open firings of an action.
type Counts struct {
	Pending int64 // timers that are set and not claimed, including those that are due
	Due     int64 // pending timers that are due
	Claimed int64 // open firings: being handled, or waiting for another attempt
}

// Count counts the timers of an action.
func (t *Timers) Count(ctx context.Context, action string) (n Counts, err error) {
	for shard := range t.Layout.shards() {
		prefix := t.Layout.shardPrefix(shard)
		now, err := clockOf(ctx, t.Client, t.Layout, prefix+"deadlines:"+action)()
		if err != nil {
			return n, fmt.Errorf("expiry: count the timers of %s: %w", action, err)
		}
		pending := t.Client.ZCard(ctx, prefix+"deadlines:"+action)
		due := t.Client.ZCount(ctx, prefix+"deadlines:"+action, "-inf", strconv.FormatInt(now.UnixMilli(), 10))
		claimed := t.Client.ZCard(ctx, prefix+"leases:"+action)
		for _, err := range []error{pending.Err(), due.Err(), claimed.Err()} {
			if err != nil {
				return n, fmt.Errorf("expiry: count the timers of %s: %w", action, err)
			}
		}
		n.Pending, n.Due, n.Claimed = n.Pending+pending.Val(), n.Due+due.Val(), n.Claimed+claimed.Val()
	}
	return n, nil
}

// CountParked counts the parked firings of all actions.
func (t *Timers) CountParked(ctx context.Context) (n int64, err error) {
	for shard := range t.Layout.shards() {
		parked, err := t.Client.HLen(ctx, t.Layout.shardPrefix(shard)+"parked").Result()
		if err != nil {
			return 0, fmt.Errorf("expiry: count what is parked: %w", err)
		}
		n += parked
	}
	return n, nil
}
