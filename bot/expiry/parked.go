package expiry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Parked is a firing that could not be handled and waits for a person.
type Parked struct {
	Action     string    `json:"action"`
	Identifier string    `json:"identifier"`
	ID         string    `json:"id"` // of the firing
	Reason     string    `json:"reason"`
	Due        time.Time `json:"due"` // by Redis' clock
	At         time.Time `json:"at"`  // when it was parked, by the clock of the replica
	Attempts   int       `json:"attempts"`
}

// Field returns the field of the firing in the hash of parked firings.
func (p Parked) Field() string { return p.Action + ":" + p.Identifier + " " + p.ID }

// Record returns the value of the firing in the hash of parked firings.
func (p Parked) Record() string {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Sprintf(`{"reason":%q}`, err) // cannot happen: strings, times and a number
	}
	return string(text)
}

// Parked returns all parked firings, in no particular order.
func (t *Timers) Parked(ctx context.Context) (all []Parked, err error) {
	for shard := range t.Layout.shards() {
		parked, err := t.parkedIn(ctx, t.Layout.shardPrefix(shard)+"parked")
		if err != nil {
			return nil, err
		}
		all = append(all, parked...)
	}
	return all, nil
}

func (t *Timers) parkedIn(ctx context.Context, key string) (all []Parked, err error) {
	var cursor uint64
	for {
		pairs, next, err := t.Client.HScan(ctx, key, cursor, "", 1000).Result()
		if err != nil {
			return nil, fmt.Errorf("expiry: list %s: %w", key, err)
		}
		for i := 1; i < len(pairs); i += 2 {
			var p Parked
			if err := json.Unmarshal([]byte(pairs[i]), &p); err != nil {
				return nil, fmt.Errorf("expiry: field %q of %s is not a parked firing: %w", pairs[i-1], key, err)
			}
			all = append(all, p)
		}
		if cursor = next; cursor == 0 {
			return all, nil
		}
	}
}

// ErrNotParked is returned by [Timers.Requeue] for a firing that is not parked.
var ErrNotParked = errors.New("expiry: the firing is not parked")

// Requeue makes a parked firing claimable after a delay, with its old id. If another firing
// of the timer is open, the parked one follows when that is closed.
func (t *Timers) Requeue(ctx context.Context, p Parked, after time.Duration) error {
	keys := []string{t.Layout.Leases(p.Action, p.Identifier), t.Layout.Firing(p.Action, p.Identifier), t.Layout.Parked(p.Identifier)}
	n, err := requeueScript.Run(ctx, t.Client, keys, p.Identifier, p.ID, p.Field(), p.Due.UnixMilli(), after.Milliseconds()).Int()
	if err != nil {
		return fmt.Errorf("expiry: requeue %s of %s: %w", p.Action, p.Identifier, err)
	}
	if n == 0 {
		return ErrNotParked
	}
	if t.Worker != nil {
		t.Worker.LookWithin(p.Action, p.Identifier, after)
	}
	return nil
}
