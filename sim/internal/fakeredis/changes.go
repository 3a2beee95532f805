package fakeredis

import (
	"github.com/alicebob/miniredis/v2/server"
)

// changes are the keys that may have changed: whatever commands have named, as arguments tell
// no key from a value.
type changes struct {
	all    bool
	places map[place]struct{}
	queued map[*server.Peer]*changes // in a transaction that is not carried out yet
}

// moving are the commands that change keys which they do not name, or not by their database.
var moving = map[string]bool{"FLUSHALL": true, "FLUSHDB": true, "SWAPDB": true, "MOVE": true, "COPY": true}

func (c *changes) add(db int, names []string) {
	for _, name := range names {
		c.places[place{db, name}] = struct{}{}
	}
}

// Changed returns the keys that may have changed since the last call, in any order; one that is
// not there has no type. All means that there are no others; so it is at the first call.
func (r *Redis) Changed() (keys []Key, all bool) {
	r.turn.Lock() // no command is halfway
	defer r.turn.Unlock()
	r.CatchUp()
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.changes
	if c == nil {
		c = &changes{all: true, queued: make(map[*server.Peer]*changes)}
		r.changes = c
	}
	if all = c.all || r.expiries.ofField; all {
		c.places = make(map[place]struct{})
		for db := range databases {
			c.add(db, r.mini.DB(db).Keys())
		}
	}
	for p := range c.places {
		key := r.key(p)
		if key.TTL > 0 {
			key.TTL -= r.at.Sub(r.moved)
		}
		keys = append(keys, key)
	}
	c.all, c.places = false, make(map[place]struct{})
	return keys, all
}

// note notes what a command may change.
func (r *Redis) note(peer *server.Peer, command string, args []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.changes
	if c == nil {
		return
	}
	is, ok := connectionOf(peer)
	switch queued := c.queued[peer]; {
	case command == "EXEC" || command == "DISCARD":
		if command == "EXEC" && queued != nil {
			c.all = c.all || queued.all
			for p := range queued.places {
				c.places[p] = struct{}{}
			}
		}
		delete(c.queued, peer)
		return
	case ok && is.queues:
		if queued == nil {
			queued = &changes{places: make(map[place]struct{})}
			c.queued[peer] = queued
		}
		c = queued
		c.all = c.all || command == "SELECT" // what follows is of another database
	}
	if onlyReads(command) {
		return
	}
	c.all = c.all || !ok || moving[command]
	c.add(is.db, args)
}
