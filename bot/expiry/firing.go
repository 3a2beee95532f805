package expiry

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"
)

// Lease is how long a replica has a firing to itself, from when it claimed it or
// called [Firing.Hold]. A replica that is gone is taken over from after that.
const Lease = 15 * time.Second

// Firing is a timer that has fired, as its handler gets it.
type Firing struct {
	Action     string
	Identifier string
	Key        string        // the trigger key that expired
	ID         string        // the same whenever this firing is handled, and no other's
	Owner      string        // of this call, and no other's
	Due        time.Time     // by Redis' clock
	Late       time.Duration // from then to when it was claimed
	Attempt    int           // from 1
	TakenOver  bool          // the lease of another call had ended

	opened time.Time // when it was claimed first
	now    time.Time // when it was claimed, by Redis' clock
	hold   func(context.Context) error
}

// Hold begins the lease anew. It returns [ErrLost] if the firing is not the
// caller's any more; call it right before an effect that must not happen twice.
// What is left is the time between its return and the effect.
func (f *Firing) Hold(ctx context.Context) error { return f.hold(ctx) }

// maxBackoff bounds the time between two attempts, less what chance adds.
const maxBackoff = 2 * time.Minute

// Backoff returns how long after its n-th failed attempt something is tried
// again: 4^(n-1) seconds, as Meta's guide to throughput advises, but at most two
// minutes; and up to half of it more, which depends on who asks, so that not all
// come back at once.
func Backoff(n int, who string) time.Duration {
	wait := maxBackoff
	if n <= 4 {
		wait = time.Second << (2 * max(n-1, 0))
	}
	h := fnv.New32a()
	fmt.Fprint(h, who, n)
	return wait + wait/2*time.Duration(h.Sum32()%1000)/1000
}

// never is in place of the time until the next attempt, if there is none.
const never time.Duration = -1

// close closes a firing, and returns how long until its timer is to be looked at.
func (w *Worker) close(ctx context.Context, f *Firing, parked *Parked) (next time.Duration, err error) {
	ctx, cancel := exchange(ctx, w.Clock)
	defer cancel()
	keys := []string{
		w.Layout.Deadlines(f.Action, f.Identifier), w.Layout.Leases(f.Action, f.Identifier),
		w.Layout.Firing(f.Action, f.Identifier), w.Layout.Parked(f.Identifier),
	}
	field, record := "", ""
	if parked != nil {
		field, record = parked.Field(), parked.Record()
	}
	n, err := closeScript.Run(ctx, w.Client, keys, f.Identifier, f.ID, f.Owner, field, record).Int()
	if err != nil {
		return never, fmt.Errorf("expiry: close a firing of %s: %w", f.Action, err)
	}
	if n == 2 {
		return 0, nil
	}
	return never, nil
}

// retry opens a firing to another attempt after a time, which it returns.
func (w *Worker) retry(ctx context.Context, f *Firing, after time.Duration) (next time.Duration, err error) {
	ctx, cancel := exchange(ctx, w.Clock)
	defer cancel()
	keys := []string{w.Layout.Leases(f.Action, f.Identifier), w.Layout.Firing(f.Action, f.Identifier)}
	if err := retryScript.Run(ctx, w.Client, keys, f.Identifier, f.ID, f.Owner, after.Milliseconds()).Err(); err != nil {
		return never, fmt.Errorf("expiry: give up a firing of %s: %w", f.Action, err)
	}
	return after, nil
}

func (w *Worker) hold(ctx context.Context, f *Firing) error {
	ctx, cancel := exchange(ctx, w.Clock)
	defer cancel()
	keys := []string{w.Layout.Leases(f.Action, f.Identifier), w.Layout.Firing(f.Action, f.Identifier)}
	n, err := holdScript.Run(ctx, w.Client, keys, f.Identifier, f.ID, f.Owner, Lease.Milliseconds()).Int()
	if err != nil {
		return fmt.Errorf("expiry: hold a firing of %s: %w", f.Action, err)
	}
	if n == 0 {
		return ErrLost
	}
	return nil
}
