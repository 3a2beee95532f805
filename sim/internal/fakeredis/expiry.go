package fakeredis

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Expiry is a key and when it expires.
type Expiry struct {
	At  time.Time
	DB  int
	Key string
}

// String writes the database and the key.
func (e Expiry) String() string { return fmt.Sprintf("%d %s", e.DB, e.Key) }

// Next returns the expiry that comes next of those that a client subscribed to.
func (r *Redis) Next() (e Expiry, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return first(r.pending())
}

// Expired returns the oldest expiry that it has not returned yet.
func (r *Redis) Expired() (e Expiry, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok = first(r.expired); ok {
		r.expired = r.expired[1:]
	}
	return e, ok
}

func first(all []Expiry) (e Expiry, ok bool) {
	if len(all) == 0 {
		return Expiry{}, false
	}
	return all[0], true
}

// Announce publishes an expiry, if the flags of notify-keyspace-events say so.
// Only one at a time, and only while the bot is idle: miniredis holds its lock
// until every subscriber has taken it.
func (r *Redis) Announce(e Expiry) {
	r.mu.Lock()
	flags := r.flags
	r.mu.Unlock()
	if strings.Contains(flags, "K") {
		r.mini.Publish(fmt.Sprintf("__keyspace@%d__:%s", e.DB, e.Key), "expired")
	}
	if strings.Contains(flags, "E") {
		r.mini.Publish(fmt.Sprintf("__keyevent@%d__:expired", e.DB), e.Key)
	}
}

// Forget makes Redis look again which keys will expire: they, or the
// subscriptions, may have changed.
func (r *Redis) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.coming = nil
}

// pending returns the keys whose expiry has subscribers, soonest first. The
// caller holds mu.
func (r *Redis) pending() []Expiry {
	if r.coming != nil {
		return r.coming
	}
	r.coming = []Expiry{}
	for _, db := range r.observed() {
		d := r.mini.DB(db)
		for _, key := range d.Keys() {
			if ttl := d.TTL(key); ttl > 0 {
				r.coming = append(r.coming, Expiry{r.at.Add(ttl), db, key})
			}
		}
	}
	slices.SortStableFunc(r.coming, func(a, b Expiry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.DB, b.DB)) })
	return r.coming
}

var eventChannel = regexp.MustCompile(`^__key(?:event|space)@(\d+)__:`)

// observed returns the databases with subscribers to their expired keys. The
// caller holds mu.
func (r *Redis) observed() (dbs []int) {
	if !strings.ContainsAny(r.flags, "xA") || !strings.ContainsAny(r.flags, "KE") {
		return nil
	}
	if r.mini.PubSubNumPat() > 0 { // a pattern may mean any database
		for db := range databases {
			dbs = append(dbs, db)
		}
		return dbs
	}
	for _, channel := range r.mini.PubSubChannels("") {
		if m := eventChannel.FindStringSubmatch(channel); m != nil {
			db, _ := strconv.Atoi(m[1])
			dbs = append(dbs, db)
		}
	}
	slices.Sort(dbs)
	return slices.Compact(dbs)
}
