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

// before orders expiries.
func (e Expiry) before(other Expiry) bool {
	return cmp.Or(e.At.Compare(other.At), cmp.Compare(e.DB, other.DB), cmp.Compare(e.Key, other.Key)) < 0
}

// Next returns the expiry that comes next of those that a client subscribed to.
func (r *Redis) Next() (e Expiry, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read()
	return r.first(r.observed())
}

// Expired returns the oldest expiry that it has not returned yet.
func (r *Redis) Expired() (e Expiry, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.expired) == 0 {
		return Expiry{}, false
	}
	e, r.expired = r.expired[0], r.expired[1:]
	return e, true
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

// forget makes Redis look again who has subscribed.
func (r *Redis) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watched = nil
}

var eventChannel = regexp.MustCompile(`^__key(?:event|space)@(\d+)__:`)

// observed returns the databases with subscribers to their expired keys. The
// caller holds mu.
func (r *Redis) observed() []int {
	if r.watched == nil {
		r.watched = append([]int{}, r.subscribed()...)
	}
	return r.watched
}

func (r *Redis) subscribed() (dbs []int) {
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
