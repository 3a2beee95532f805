package bot

// Copy to bot.

import (
	"fmt"
	"testing"
)

// TestLongFailure has all parts of a long history fail once, for now: it is sent
// again, and not parked as one that has failed too often.
func TestLongFailure(t *testing.T) {
	onRedis(t, func(r rig) {
		const n = maxFailures + 2
		r.say("a")
		l := r.open("one")
		r.begin(l)
		if err := r.batches.store(r.Context(), l, make([]string, n)); err != nil {
			r.Fatal(err)
		}
		for i := range n {
			r.begin(l)
			r.mark(i, partSent, fmt.Sprint("wamid.", i))
		}
		r.closed()
		for i := range n {
			r.fails(i, fmt.Sprint("wamid.", i), true, failedAgain)
		}
		r.want("parked", r.parked(), int64(0))
	})
}
