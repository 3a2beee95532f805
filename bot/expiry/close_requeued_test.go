package expiry

// Copy to bot/expiry.

import "testing"

// TestCloseRepeated loses the answer of a close that found the lapse requeued:
// go-redis repeats the command, and the lapse must stay open.
func TestCloseRepeated(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		l := r.claimed("t", "1")
		r.client.HSet(r.Context(), r.layout.Parked("1"), "field "+l.id, "a status has failed")
		r.want("requeue", r.requeue("1", l.id, 0), 1)
		r.want("close", r.close(l), 2)
		r.close(l)
		if back := r.claim("u", "1"); len(back) != 1 {
			r.Error("the lapse that was requeued is gone")
		}
	})
}

// TestCloseByLoser requeues a lapse while it is handled; one that has lost it before
// ends then. What it did was before the lapse was requeued.
func TestCloseByLoser(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		loser := r.claimed("t", "1")
		r.end("1")
		l := r.claimed("u", "1")
		r.client.HSet(r.Context(), r.layout.Parked("1"), "field "+l.id, "a status has failed")
		r.want("requeue", r.requeue("1", l.id, 0), 1)
		r.want("close", r.close(l), 2)
		r.close(loser)
		if back := r.claim("v", "1"); len(back) != 1 {
			r.Error("the lapse that was requeued is gone")
		}
	})
}
