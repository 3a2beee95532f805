package sim

import "time"

// Key is a key in the world's Redis.
type Key struct {
	DB    int
	Name  string
	Type  string        // as Redis names it: string, hash, list, set, zset, stream
	TTL   time.Duration // 0: none
	Value string        // of a string; of a hash its pairs, a line each; of other types, their name
}

// Keys returns everything that is in Redis, by database and name.
func (w *World) Keys() (keys []Key) {
	_ = w.do(func() error {
		w.redis.CatchUp()
		for _, k := range w.redis.Keys() {
			keys = append(keys, Key(k))
		}
		return nil
	})
	return keys
}
