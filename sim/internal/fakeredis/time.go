package fakeredis

import (
	"slices"
	"time"
)

// CatchUp moves Redis' time to the bubble's and notes which keys expired on the
// way. Redis does so itself before each command. Those within a Lua script come
// here too, under miniredis' lock; no time has passed then, and there is nothing
// to do.
func (r *Redis) CatchUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if !now.After(r.at) {
		return
	}
	r.read()
	r.at = now
	r.mini.SetTime(now.UTC()) // what TIME says, from which EXPIREAT and streams count
	due := r.takeDue(now)
	if len(due) > 0 || r.expiries.ofField {
		r.moveTTLs()
	}
	for _, e := range due {
		if slices.Contains(r.observed(), e.DB) && !r.mini.DB(e.DB).Exists(e.Key) {
			r.expired = append(r.expired, e)
		}
	}
}

// moveTTLs moves the TTLs of keys and fields to the time of the last CatchUp: nothing else
// moves any of them. miniredis goes through all its keys to do so. So it is put off until a
// key expires, or somebody asks for a TTL or sets one that cannot be delayed. The caller
// holds mu, and not miniredis' lock.
func (r *Redis) moveTTLs() {
	if passed := r.at.Sub(r.moved); passed > 0 {
		r.mini.FastForward(passed)
		r.moved = r.at
	}
}

// catchUpTTLs moves all of Redis' time to the bubble's.
func (r *Redis) catchUpTTLs() {
	r.CatchUp()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moveTTLs()
}
