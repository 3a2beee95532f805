package sim

import "wappasim/sim/internal/fakeredis"

// Key is a key in the world's Redis.
type Key = fakeredis.Key

// Keys returns everything that is in Redis, by database and name.
func (w *World) Keys() (keys []Key) {
	_ = w.do(func() error {
		w.redis.CatchUp()
		keys = w.redis.Keys()
		return nil
	})
	return keys
}
