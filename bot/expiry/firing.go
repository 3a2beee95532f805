package expiry

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"
)

// Lease is how long a firing belongs to a replica after the replica claimed it or called
// [Firing.Hold]. After that, another replica may claim the firing.
const Lease = 15 * time.Second

// Firing is a timer that has fired, as its handler receives it.
type Firing struct {
	Action     string
	Identifier string
	Key        string        // the trigger key that expired
	ID         string        // the same in each call for this firing; no other firing has it
	Owner      string        // id of this call; no other call has it
	Due        time.Time     // by Redis' clock
	Late       time.Duration // time from Due to the claim
	Attempt    int           // from 1
	TakenOver  bool          // it was claimed because the lease of another call had ended

	opened time.Time // when it was first claimed
	now    time.Time // when it was claimed, by Redis' clock
	hold   func(context.Context) error
}

// Hold renews the lease. It returns [ErrLost] if the firing is not the caller's any more.
// Call it right before an effect that must not happen twice; only the time between its
// return and the effect is then unprotected.
func (f *Firing) Hold(ctx context.Context) error { return f.hold(ctx) }

// maxBackoff is the longest time between two attempts, before chance adds to it.
const maxBackoff = 2 * time.Minute

// Backoff returns how long to wait after the n-th failed attempt: 4^(n-1) seconds, as
// Meta's guide to throughput advises, but at most two minutes. Up to half of that is
// added, depending on who, so that not all callers try again at once.
func Backoff(n int, who string) time.Duration {
	wait := maxBackoff
	if n <= 4 {
		wait = time.Second << (2 * max(n-1, 0))
	}
	h := fnv.New32a()
	fmt.Fprint(h, who, n)
	return wait + wait/2*time.Duration(h.Sum32()%1000)/1000
}

// never stands for the time until the next attempt if there is none.
const never time.Duration = -1

// close closes a firing. It returns how soon the loop must look at the timer again.
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

// retry lets every replica claim the firing after a delay. It returns the delay.
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
