package expiry

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"
)

// Lease is how long a replica has a lapse to itself, from when it claimed it or
// called [Lapse.Hold]. A replica that is gone is taken over from after that.
const Lease = 15 * time.Second

// Lapse is a timer that has lapsed, as its handler gets it.
type Lapse struct {
	Action     string
	Identifier string
	Key        string        // the trigger key that expired
	ID         string        // the same whenever this lapse is handled, and no other's
	Owner      string        // of this call, and no other's
	Due        time.Time     // by Redis' clock
	Late       time.Duration // from then to when it was claimed
	Attempt    int           // from 1
	TakenOver  bool          // the lease of another call had ended

	opened time.Time // when it was claimed first
	now    time.Time // when it was claimed, by Redis' clock
	hold   func(context.Context) error
}

// Hold begins the lease anew. It returns [ErrLost] if the lapse is not the
// caller's any more; call it right before an effect that must not happen twice.
// What is left is the time between its return and the effect.
func (l *Lapse) Hold(ctx context.Context) error { return l.hold(ctx) }

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
