package fakeredis

import (
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Snapshot is what Redis held at some time. The zero one is empty.
type Snapshot struct {
	at   time.Time
	keys []savedKey
}

// savedKey is a key, and what puts its value into a database.
type savedKey struct {
	db   int
	name string
	ttl  time.Duration
	put  func(*miniredis.RedisDB)
}

// Snapshot copies every key. It knows strings, hashes, lists, sets and sorted
// sets; keys of other types are left out.
func (r *Redis) Snapshot() Snapshot {
	r.catchUpTTLs()
	s := Snapshot{at: time.Now()}
	for n := range databases {
		db := r.mini.DB(n)
		for _, name := range db.Keys() {
			if put := copyValue(db, name); put != nil {
				s.keys = append(s.keys, savedKey{n, name, db.TTL(name), put})
			}
		}
	}
	return s
}

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

// Restore makes Redis hold what the snapshot holds, less what has expired since. Its
// configuration is that of its start, and what has expired is not announced.
func (r *Redis) Restore(s Snapshot) {
	r.catchUpTTLs()
	r.mini.FlushAll()
	r.mu.Lock()
	r.flags, r.expired, r.watched, r.expiries.all = "", nil, nil, true
	if r.changes != nil {
		r.changes.all = true
	}
	r.mu.Unlock()
	passed := time.Since(s.at)
	for _, key := range s.keys {
		if key.ttl > 0 && key.ttl <= passed {
			continue
		}
		db := r.mini.DB(key.db)
		key.put(db)
		if key.ttl > 0 {
			db.SetTTL(key.name, key.ttl-passed)
		}
	}
}
