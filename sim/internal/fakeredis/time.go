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
	due := r.takeDue(now)
	if r.changes != nil {
		for _, e := range due {
			r.changes.add(e.DB, []string{e.Key})
		}
	}
	r.at = now
	r.moveTime(0)
	if len(due) > 0 || r.expiries.ofField {
		r.moveTTLs()
	}
	for _, e := range due {
		if slices.Contains(r.observed(), e.DB) && !r.mini.DB(e.DB).Exists(e.Key) {
			r.expired = append(r.expired, e)
		}
	}
}

// catchUpTTLs moves all of Redis' time to the bubble's.
func (r *Redis) catchUpTTLs() {
	r.CatchUp()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moveTTLs()
}

// moveTTLs makes up for what was put off. The caller holds mu, and not miniredis' lock
// unless nothing was.
func (r *Redis) moveTTLs() {
	if passed := r.at.Sub(r.moved); passed > 0 {
		r.moved = r.at
		r.moveTime(passed)
	}
}

// moveTime moves Redis' time to that of the last CatchUp, and nothing else moves any of
// it: what TIME says, from which EXPIREAT and streams count, and, by a duration, the TTLs of
// keys and fields. miniredis goes through all its keys to move TTLs. So that is put off
// until a key expires, or somebody asks for a TTL or sets one that cannot be delayed.
func (r *Redis) moveTime(ttls time.Duration) {
	r.mini.SetTime(r.at.UTC())
	if ttls > 0 {
		r.mini.FastForward(ttls)
	}
}
