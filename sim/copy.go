package sim

import (
	"time"

	"github.com/alicebob/miniredis/v2"
)

// redisCopy is what Redis held at some time.
type redisCopy struct {
	at   time.Time
	keys []keyCopy
}

type keyCopy struct {
	db   int
	name string
	ttl  time.Duration
	put  func(*miniredis.RedisDB)
}

// copyAll copies every key. It knows strings, hashes, lists, sets and sorted
// sets; of other types it keeps nothing.
func (s *store) copyAll() redisCopy {
	s.catchUp() // the TTLs are those of now
	c := redisCopy{at: time.Now()}
	for n := range databases {
		db := s.redis.DB(n)
		for _, name := range db.Keys() {
			if put := copyValue(db, name); put != nil {
				c.keys = append(c.keys, keyCopy{n, name, db.TTL(name), put})
			}
		}
	}
	return c
}

// databases is how many Redis has.
const databases = 16

// copyValue returns what puts a key's value back. The errors that miniredis could
// give are those of a wrong type.
func copyValue(db *miniredis.RedisDB, name string) func(*miniredis.RedisDB) {
	switch db.Type(name) {
	case "string":
		value, _ := db.Get(name)
		return func(db *miniredis.RedisDB) { _ = db.Set(name, value) }
	case "hash":
		var pairs []string
		fields, _ := db.HKeys(name)
		for _, field := range fields {
			pairs = append(pairs, field, db.HGet(name, field))
		}
		return func(db *miniredis.RedisDB) { db.HSet(name, pairs...) }
	case "list":
		values, _ := db.List(name)
		return func(db *miniredis.RedisDB) { _, _ = db.Push(name, values...) }
	case "set":
		members, _ := db.Members(name)
		return func(db *miniredis.RedisDB) { _, _ = db.SetAdd(name, members...) }
	case "zset":
		scores, _ := db.SortedSet(name)
		return func(db *miniredis.RedisDB) {
			for member, score := range scores {
				_, _ = db.ZAdd(name, score, member)
			}
		}
	}
	return nil
}

// restore makes Redis hold what it held, less what has expired since. Its
// configuration is that of its start.
func (s *store) restore(c redisCopy) {
	s.catchUp()
	s.redis.FlushAll()
	s.mu.Lock()
	s.flags, s.expired, s.coming = "", nil, nil
	s.mu.Unlock()
	passed := time.Since(c.at)
	for _, key := range c.keys {
		if key.ttl > 0 && key.ttl <= passed {
			continue
		}
		db := s.redis.DB(key.db)
		key.put(db)
		if key.ttl > 0 {
			db.SetTTL(key.name, key.ttl-passed)
		}
	}
}
