package fakeredis

import (
	"container/heap"
	"time"
)

// place is where a key is.
type place struct {
	db  int
	key string
}

// expiries are the keys of a Redis that will expire, by when. Commands change them, so
// they are read again where a command may have done so.
type expiries struct {
	all     bool // every key is to be read again
	dirty   []place
	known   map[place]time.Time
	byTime  [databases]queue // of known; what is no longer known stays until it comes first
	ofField bool             // fields of hashes may expire too; nobody can ask when
}

// queue is a heap of expiries, the soonest first.
type queue []Expiry

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].before(q[j]) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(e any)        { *q = append(*q, e.(Expiry)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// read reads what commands may have changed. The caller holds mu, and not miniredis'
// lock.
func (r *Redis) read() {
	x := &r.expiries
	if x.all {
		x.all, x.dirty, x.known, x.byTime = false, nil, make(map[place]time.Time), [databases]queue{}
		for db := range databases {
			for _, key := range r.mini.DB(db).Keys() {
				r.readKey(place{db, key})
			}
		}
	}
	for _, p := range x.dirty {
		r.readKey(p)
	}
	x.dirty = x.dirty[:0]
}

// readKey reads when a key expires. The caller holds mu.
func (r *Redis) readKey(p place) {
	x := &r.expiries
	ttl := r.mini.DB(p.db).TTL(p.key)
	at := r.moved.Add(ttl)
	if ttl <= 0 || !at.After(r.at) { // a key whose time has passed is never announced
		delete(x.known, p)
		return
	}
	if known, ok := x.known[p]; !ok || !known.Equal(at) {
		x.known[p] = at
		heap.Push(&x.byTime[p.db], Expiry{at, p.db, p.key})
	}
}

// first returns the expiry that comes first in some databases. The caller holds mu.
func (r *Redis) first(dbs []int) (first Expiry, ok bool) {
	for _, db := range dbs {
		q := &r.expiries.byTime[db]
		for len(*q) > 0 {
			e := (*q)[0]
			p := place{e.DB, e.Key}
			if r.expiries.known[p].Equal(e.At) {
				r.readKey(p) // it may have been deleted
			}
			if r.expiries.known[p].Equal(e.At) {
				if !ok || e.before(first) {
					first, ok = e, true
				}
				break
			}
			heap.Pop(q)
		}
	}
	return first, ok
}

// takeDue returns the expiries until now, in order, and forgets them. The caller holds mu.
func (r *Redis) takeDue(now time.Time) (due []Expiry) {
	for {
		e, ok := r.first(allDatabases)
		if !ok || e.At.After(now) {
			return due
		}
		delete(r.expiries.known, place{e.DB, e.Key})
		heap.Pop(&r.expiries.byTime[e.DB])
		due = append(due, e)
	}
}

var allDatabases = func() (dbs []int) {
	for db := range databases {
		dbs = append(dbs, db)
	}
	return dbs
}()
