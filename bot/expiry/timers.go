package expiry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Timers sets and deletes timers. It is safe for concurrent use, also by several
// processes.
type Timers struct {
	Client redis.UniversalClient // of database 0
	Layout Layout

	Worker *Worker // is notified of timers that are set; may be nil
}

// Set starts or restarts the timer of an action for an identifier. The timer fires no
// earlier than after the delay, by Redis' clock. The delay is at least a millisecond.
func (t *Timers) Set(ctx context.Context, action, identifier string, delay time.Duration) error {
	return t.set(ctx, action, identifier, delay, "")
}

// SetMissing starts a timer as Set does, unless it is running or its firing is being
// handled.
func (t *Timers) SetMissing(ctx context.Context, action, identifier string, delay time.Duration) error {
	return t.set(ctx, action, identifier, delay, "missing")
}

func (t *Timers) set(ctx context.Context, action, identifier string, delay time.Duration, when string) error {
	if action == "" || identifier == "" {
		return errors.New("expiry: set a timer: the action or the identifier is empty")
	}
	if delay < time.Millisecond {
		return fmt.Errorf("expiry: set %s of %s: the delay is %s: want at least %s", action, identifier, delay, time.Millisecond)
	}
	keys := []string{t.Layout.Deadlines(action, identifier), t.Layout.Trigger(action, identifier), t.Layout.Firing(action, identifier)}
	if err := setScript.Run(ctx, t.Client, keys, identifier, delay.Milliseconds(), t.Layout.TriggerDB(), 0, when).Err(); err != nil {
		return fmt.Errorf("expiry: set %s of %s: %w", action, identifier, err)
	}
	if t.Worker != nil {
		t.Worker.Armed(action, identifier, delay)
	}
	return nil
}

// Delete stops a timer. It is no error if the timer is not set. A firing that is being
// handled continues.
func (t *Timers) Delete(ctx context.Context, action, identifier string) error {
	keys := []string{t.Layout.Deadlines(action, identifier), t.Layout.Trigger(action, identifier), t.Layout.Firing(action, identifier)}
	if err := deleteScript.Run(ctx, t.Client, keys, identifier, t.Layout.TriggerDB(), 0).Err(); err != nil {
		return fmt.Errorf("expiry: delete %s of %s: %w", action, identifier, err)
	}
	return nil
}

// Exists tells whether a timer is set and not claimed yet. It is false for a timer that is
// due and waits for an earlier firing of its own.
func (t *Timers) Exists(ctx context.Context, action, identifier string) (bool, error) {
	err := t.Client.ZScore(ctx, t.Layout.Deadlines(action, identifier), identifier).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("expiry: look for %s of %s: %w", action, identifier, err)
	}
	return true, nil
}

// TTL returns how long it is until a timer is due, or 0 if the timer is not set.
func (t *Timers) TTL(ctx context.Context, action, identifier string) (time.Duration, error) {
	var clock func() (time.Time, error)
	var due *redis.FloatCmd
	_, err := t.Client.Pipelined(ctx, func(p redis.Pipeliner) error {
		key := t.Layout.Deadlines(action, identifier)
		clock, due = clockOf(ctx, p, t.Layout, key), p.ZScore(ctx, key, identifier)
		return nil
	})
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	var now time.Time
	if err == nil {
		now, err = clock()
	}
	if err != nil {
		return 0, fmt.Errorf("expiry: TTL of %s of %s: %w", action, identifier, err)
	}
	return max(time.UnixMilli(int64(due.Val())).Sub(now), 0), nil
}

// Forget deletes all timers of an identifier, their open firings, and their parked
// firings. A handler that is running loses its firing: see [ErrLost].
func (t *Timers) Forget(ctx context.Context, identifier string, actions []string) error {
	for _, action := range actions {
		if err := t.Delete(ctx, action, identifier); err != nil {
			return err
		}
		_, err := t.Client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Del(ctx, t.Layout.Firing(action, identifier))
			p.ZRem(ctx, t.Layout.Leases(action, identifier), identifier)
			return nil
		})
		if err != nil {
			return fmt.Errorf("expiry: forget %s of %s: %w", action, identifier, err)
		}
	}
	parked, err := t.parkedIn(ctx, t.Layout.Parked(identifier))
	if err != nil {
		return err
	}
	for _, p := range parked {
		if p.Identifier != identifier {
			continue
		}
		if err := t.Client.HDel(ctx, t.Layout.Parked(identifier), p.Field()).Err(); err != nil {
			return fmt.Errorf("expiry: forget %s of %s: %w", p.Action, identifier, err)
		}
	}
	return nil
}
