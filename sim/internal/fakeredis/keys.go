package fakeredis

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// databases is how many Redis has.
const databases = 16

// Key is a key in Redis.
type Key struct {
	DB    int
	Name  string
	Type  string        // as Redis names it
	TTL   time.Duration // 0: none
	Value string        // of a string; of other types what is in it, a line each; of a stream, its type
}

// Keys returns all keys, by database and name.
func (r *Redis) Keys() (keys []Key) {
	r.catchUpTTLs()
	for db := range databases {
		for _, name := range r.mini.DB(db).Keys() {
			keys = append(keys, r.key(place{db, name}))
		}
	}
	return keys
}

// key returns a key; one that is not there has no type.
func (r *Redis) key(at place) Key {
	db := r.mini.DB(at.db)
	return Key{DB: at.db, Name: at.key, Type: db.Type(at.key), TTL: db.TTL(at.key), Value: value(db, at.key)}
}

func lines(all []string) string { return strings.Join(all, "\n") + "\n" }

func value(db *miniredis.RedisDB, name string) string {
	switch db.Type(name) {
	case "string":
		text, _ := db.Get(name) // it is one
		return text
	case "hash":
		var b strings.Builder
		fields, _ := db.HKeys(name) // it is one
		for _, field := range fields {
			fmt.Fprintf(&b, "%s: %s\n", field, db.HGet(name, field))
		}
		return b.String()
	case "list":
		values, _ := db.List(name) // it is one
		return lines(values)
	case "set":
		members, _ := db.Members(name) // it is one
		return lines(members)
	case "zset":
		var scored []string
		scores, _ := db.SortedSet(name) // it is one
		for member, score := range scores {
			scored = append(scored, fmt.Sprintf("%s: %v", member, score))
		}
		slices.Sort(scored)
		return lines(scored)
	}
	return db.Type(name)
}
