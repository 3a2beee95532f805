package expiry

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Repair repairs timers of which a part is missing: deadlines without a trigger, triggers
// without a deadline, which other programs set, and open firings without a lease. It
// reads every timer, in pages, so its cost grows with their number. Triggers is a client
// of the triggers' database.
func (w *Worker) Repair(ctx context.Context, triggers redis.UniversalClient) error {
	for _, action := range w.Registry.Actions() {
		for shard := range w.Layout.shards() {
			if err := w.repairDeadlines(ctx, triggers, action, w.Layout.shardPrefix(shard)+"deadlines:"+action); err != nil {
				return err
			}
		}
	}
	err := w.scan(ctx, triggers, "EXPTRIGGER:*", func(key string) (action, identifier, set string, ok bool) {
		action, identifier, ok = w.Registry.match(w.Layout, key)
		return action, identifier, w.Layout.Deadlines(action, identifier), ok
	})
	if err != nil {
		return err
	}
	return w.scan(ctx, w.Client, "firing:*", func(key string) (action, identifier, set string, ok bool) {
		action, identifier, ok = w.Registry.matchFiring(w.Layout, key)
		return action, identifier, w.Layout.Leases(action, identifier), ok
	})
}

// repairDeadlines repairs the timers of a sorted set that have no trigger.
func (w *Worker) repairDeadlines(ctx context.Context, triggers redis.UniversalClient, action, deadlines string) error {
	var cursor uint64
	for {
		short, cancel := exchange(ctx, w.Clock)
		pairs, next, err := w.Client.ZScan(short, deadlines, cursor, "", scanned).Result()
		cancel()
		if err != nil {
			return fmt.Errorf("expiry: look through %s: %w", deadlines, err)
		}
		var found []*redis.IntCmd
		short, cancel = exchange(ctx, w.Clock)
		_, err = triggers.Pipelined(short, func(p redis.Pipeliner) error {
			for i := 0; i < len(pairs); i += 2 {
				found = append(found, p.Exists(short, w.Layout.Trigger(action, pairs[i])))
			}
			return nil
		})
		cancel()
		if err != nil {
			return fmt.Errorf("expiry: look for the triggers of %s: %w", action, err)
		}
		for i, cmd := range found {
			if cmd.Val() == 0 {
				if err := w.repair(ctx, action, pairs[2*i]); err != nil {
					return err
				}
			}
		}
		if cursor = next; cursor == 0 {
			return ctx.Err()
		}
	}
}

// scanned is how many keys are read in one step.
const scanned = 1000

// scan repairs the timers whose keys match a pattern and which are missing in their sorted
// set.
func (w *Worker) scan(ctx context.Context, client redis.UniversalClient, pattern string, parse func(key string) (action, identifier, set string, ok bool)) error {
	return Scan(ctx, client, w.Layout, pattern, w.exchange, func(keys []string) error {
		type scored struct {
			timer
			score *redis.FloatCmd
		}
		var timers []scored
		short, cancel := w.exchange(ctx)
		defer cancel()
		_, err := w.Client.Pipelined(short, func(p redis.Pipeliner) error {
			for _, key := range keys {
				if action, identifier, set, ok := parse(key); ok {
					timers = append(timers, scored{timer{action, identifier}, p.ZScore(short, set, identifier)})
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, redis.Nil) {
			return fmt.Errorf("expiry: look for the timers of %s: %w", pattern, err)
		}
		for _, t := range timers {
			err := t.score.Err()
			if errors.Is(err, redis.Nil) {
				err = w.repair(ctx, t.action, t.identifier)
			}
			if err != nil {
				return fmt.Errorf("expiry: look for the timer of %s: %w", t.identifier, err)
			}
		}
		return nil
	})
}

func (w *Worker) exchange(ctx context.Context) (context.Context, context.CancelFunc) {
	return exchange(ctx, w.Clock)
}

func (w *Worker) repair(ctx context.Context, action, identifier string) error {
	ctx, cancel := exchange(ctx, w.Clock)
	defer cancel()
	keys := []string{
		w.Layout.Deadlines(action, identifier), w.Layout.Trigger(action, identifier),
		w.Layout.Leases(action, identifier), w.Layout.Firing(action, identifier),
	}
	if err := repairScript.Run(ctx, w.Client, keys, identifier, w.Layout.TriggerDB(), 0).Err(); err != nil {
		return fmt.Errorf("expiry: repair %s of %s: %w", action, identifier, err)
	}
	w.LookWithin(action, identifier, 0)
	return nil
}

// Scan calls f with pages of keys. The part of their names after the layout's prefix
// matches the pattern. Each exchange with Redis gets its context from short.
func Scan(ctx context.Context, client redis.UniversalClient, layout Layout, pattern string,
	short func(context.Context) (context.Context, context.CancelFunc), f func(keys []string) error) error {
	match := prefix + pattern
	if layout.Cluster {
		match = "{wappa:*}:" + pattern
	}
	servers, err := masters(ctx, client)
	if err != nil {
		return err
	}
	for _, server := range servers {
		var cursor uint64
		for {
			exchange, cancel := short(ctx)
			keys, next, err := server.Scan(exchange, cursor, match, scanned).Result()
			cancel()
			if err != nil {
				return fmt.Errorf("expiry: scan for %s: %w", match, err)
			}
			if len(keys) > 0 {
				if err := f(keys); err != nil {
					return err
				}
			}
			if cursor = next; cursor == 0 {
				break
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return nil
}
