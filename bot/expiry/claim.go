package expiry

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

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

// fields is one row of claim.lua's answer.
type fields []any

func (f fields) text(i int) string { return fmt.Sprint(f[i]) }

func (f fields) int(i int) int64 {
	n, _ := strconv.ParseInt(f.text(i), 10, 64) // the script writes numbers
	return n
}

func (f fields) time(i int) time.Time { return time.UnixMilli(f.int(i)).UTC() }
