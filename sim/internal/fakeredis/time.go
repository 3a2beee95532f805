package fakeredis

import "time"

// CatchUp moves Redis' time to the bubble's and notes which keys expired on the
// way. Redis does so itself before each command. Those within a Lua script come
// here too, under miniredis' lock; no time has passed then, and there is nothing
// to do.
func (r *Redis) CatchUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	passed := now.Sub(r.at)
	if passed <= 0 {
		return
	}
	all := r.pending()
	due, later := len(all), all[:0:0]
	for i, e := range all {
		if e.At.After(now) {
			due, later = i, all[i:]
			break
		}
	}
	r.moveTime(now, passed)
	r.at, r.coming = now, later
	for _, e := range all[:due] {
		if !r.mini.DB(e.DB).Exists(e.Key) {
			r.expired = append(r.expired, e)
		}
	}
}

// moveTime moves all of Redis' time, and nothing else moves any of it: what TIME
// says, from which EXPIREAT and streams count, and the TTLs of keys and fields.
func (r *Redis) moveTime(now time.Time, passed time.Duration) {
	r.mini.SetTime(now.UTC())
	r.mini.FastForward(passed)
}
