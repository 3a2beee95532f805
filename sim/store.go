package sim

import (
	"cmp"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// store is the world's Redis: a miniredis whose time is the world's, and which
// announces expired keys as Redis does once somebody has configured it.
//
// Its own clock stands still: moveTime alone moves it, from catchUp. The world
// calls that before every command and at the end of every step.
type store struct {
	redis   *miniredis.Miniredis
	touched chan struct{} // a command came: an expiry may be due earlier than thought
	moved   func()        // called at each command

	mu      sync.Mutex    // guards what follows; taken before miniredis' own lock
	at      time.Time     // Redis' time
	flags   string        // notify-keyspace-events
	refused bool          // CONFIG SET
	wanted  string        // flags, while CONFIG SET is refused
	slow    time.Duration // until a command reaches it
	expired []expiry      // not announced yet
	coming  []expiry      // what pending found; nil after a command
}

// expiry is a key and when it expires.
type expiry struct {
	at  time.Time
	db  int
	key string
}

// newStore must be called in the bubble.
func newStore(seed uint64, moved func()) (*store, error) {
	s := &store{redis: miniredis.NewMiniRedis(), touched: make(chan struct{}, 1), moved: moved, at: time.Now()}
	s.redis.SetTime(s.at.UTC())  // else TIME would follow the bubble's clock by itself
	s.redis.Seed(int(seed))      // of SPOP and other commands that choose at random
	first, err := s.redis.Dial() // there is no Server before
	if err != nil {
		return nil, fmt.Errorf("sim: start Redis: %w", err)
	}
	first.Close()
	if err := s.redis.Server().Register("CONFIG", s.config); err != nil {
		return nil, fmt.Errorf("sim: add CONFIG to Redis: %w", err)
	}
	s.redis.Server().SetPreHook(func(_ *server.Peer, command string, _ ...string) bool {
		s.catchUp()
		s.moved()
		if !onlyReads[command] {
			s.forget()
			s.touch()
		}
		return false
	})
	return s, nil
}

// onlyReads are common commands that change no key and no subscription. What a
// script does comes to the hook by itself.
var onlyReads = map[string]bool{
	"AUTH": true, "CLIENT": true, "ECHO": true, "EVAL": true, "EVALSHA": true, "EXISTS": true, "GET": true, "GETRANGE": true,
	"HELLO": true, "HGET": true, "HGETALL": true, "KEYS": true, "LINDEX": true, "LLEN": true, "LRANGE": true, "HMGET": true, "INFO": true, "MGET": true,
	"PING": true, "PTTL": true, "SCAN": true, "SELECT": true, "SMEMBERS": true, "STRLEN": true, "TIME": true, "TTL": true, "TYPE": true,
	"ZRANGE": true, "ZSCAN": true, "ZSCORE": true,
}

// touch makes a world that lets time pass look what is due.
func (s *store) touch() {
	select {
	case s.touched <- struct{}{}:
	default:
	}
}

// lag returns how much longer than usual a command takes to come.
func (s *store) lag() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.slow
}

func (s *store) dial() (net.Conn, error) { return s.redis.Dial() }

// catchUp moves Redis' time to the world's and notes which keys expired on the
// way. Commands within a Lua script come here too, under miniredis' lock; no
// time has passed then, and there is nothing to do.
func (s *store) catchUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	passed := now.Sub(s.at)
	if passed <= 0 {
		return
	}
	all := s.pending()
	due, later := len(all), all[:0:0]
	for i, e := range all {
		if e.at.After(now) {
			due, later = i, all[i:]
			break
		}
	}
	s.moveTime(now, passed)
	s.at, s.coming = now, later
	for _, e := range all[:due] {
		if !s.redis.DB(e.db).Exists(e.key) {
			s.expired = append(s.expired, e)
		}
	}
}

// moveTime moves all of Redis' time, and nothing else moves any of it: what TIME
// says, from which EXPIREAT and streams count, and the TTLs of keys and fields.
func (s *store) moveTime(now time.Time, passed time.Duration) {
	s.redis.SetTime(now.UTC())
	s.redis.FastForward(passed)
}

// forget makes pending look again: a command comes that may change the keys.
func (s *store) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.coming = nil
}

// pending returns the keys whose expiry somebody is to be told of, soonest
// first. The caller holds mu.
func (s *store) pending() []expiry {
	if s.coming != nil {
		return s.coming
	}
	s.coming = []expiry{}
	for _, db := range s.observed() {
		d := s.redis.DB(db)
		for _, key := range d.Keys() {
			if ttl := d.TTL(key); ttl > 0 {
				s.coming = append(s.coming, expiry{s.at.Add(ttl), db, key})
			}
		}
	}
	slices.SortStableFunc(s.coming, func(a, b expiry) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.db, b.db)) })
	return s.coming
}

var eventChannel = regexp.MustCompile(`^__key(?:event|space)@(\d+)__:`)

// observed returns the databases with subscribers to their expired keys. The
// caller holds mu.
func (s *store) observed() (dbs []int) {
	if !strings.ContainsAny(s.flags, "xA") || !strings.ContainsAny(s.flags, "KE") {
		return nil
	}
	if s.redis.PubSubNumPat() > 0 { // whoever subscribed to a pattern may mean any
		for db := range databases {
			dbs = append(dbs, db)
		}
		return dbs
	}
	for _, channel := range s.redis.PubSubChannels("") {
		if m := eventChannel.FindStringSubmatch(channel); m != nil {
			db, _ := strconv.Atoi(m[1])
			dbs = append(dbs, db)
		}
	}
	slices.Sort(dbs)
	return slices.Compact(dbs)
}

// next returns the expiry that is due next.
func (s *store) next() (e expiry, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := s.pending()
	if len(keys) == 0 {
		return expiry{}, false
	}
	return keys[0], true
}

// pop returns the oldest expiry that nobody was told of yet.
func (s *store) pop() (e expiry, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.expired) == 0 {
		return expiry{}, false
	}
	e = s.expired[0]
	s.expired = s.expired[1:]
	return e, true
}

// announce publishes an expiry. Only one at a time, and only while the bot is
// idle: miniredis holds its lock until every subscriber has taken it.
func (s *store) announce(e expiry) {
	s.mu.Lock()
	flags := s.flags
	s.mu.Unlock()
	if strings.Contains(flags, "K") {
		s.redis.Publish(fmt.Sprintf("__keyspace@%d__:%s", e.db, e.key), "expired")
	}
	if strings.Contains(flags, "E") {
		s.redis.Publish(fmt.Sprintf("__keyevent@%d__:expired", e.db), e.key)
	}
}

// eventFlags are those of notify-keyspace-events in Redis 7.0, in the order in
// which Redis writes them; "A" stands for the first ten.
const eventFlags = "g$lshzxetd" + "KEmn"

// config answers CONFIG GET and SET for notify-keyspace-events.
func (s *store) config(c *server.Peer, _ string, args []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const name = "notify-keyspace-events"
	switch {
	case len(args) == 2 && strings.EqualFold(args[0], "GET"):
		if args[1] != name && args[1] != "*" {
			c.WriteMapLen(0)
			return
		}
		c.WriteMapLen(1)
		c.WriteBulk(name)
		c.WriteBulk(s.flags)
	case len(args) == 3 && strings.EqualFold(args[0], "SET") && args[1] == name:
		flags, ok := normalize(args[2])
		if ok && s.refused {
			s.wanted = flags
			c.WriteError("ERR unknown subcommand 'SET'. Try CONFIG HELP.")
			return
		}
		if !ok {
			c.WriteError("ERR CONFIG SET failed (possibly related to argument '" + name + "') - Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
			return
		}
		s.flags = flags
		c.WriteOK()
	default:
		c.WriteError("ERR this Redis knows CONFIG GET and SET of " + name + " only")
	}
}

// normalize writes flags as Redis does: "Ex" becomes "xE".
func normalize(given string) (flags string, ok bool) {
	const all = "g$lshzxetd"
	given = strings.ReplaceAll(given, "A", all)
	if strings.Trim(given, eventFlags) != "" {
		return "", false
	}
	for _, f := range eventFlags {
		if strings.ContainsRune(given, f) {
			flags += string(f)
		}
	}
	return strings.Replace(flags, all, "A", 1), true
}

func (s *store) setLag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow = d
}

// eventsOff turns expiry events off and refuses to have them set, or sets them as
// they were, or should have been, before.
func (s *store) eventsOff(off bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused == off {
		return
	}
	s.refused, s.coming = off, nil
	if off {
		s.wanted, s.flags = s.flags, ""
	} else {
		s.flags = s.wanted
	}
}

// Key is a key in the world's Redis.
type Key struct {
	DB    int
	Name  string
	TTL   time.Duration // 0: none
	Value string        // of a string; of a hash its pairs, a line each; of other types, their name
}

// keys returns all keys, by database and name.
func (s *store) keys() (keys []Key) {
	for db := range databases {
		d := s.redis.DB(db)
		for _, name := range d.Keys() {
			keys = append(keys, Key{DB: db, Name: name, TTL: d.TTL(name), Value: value(d, name)})
		}
	}
	return keys
}

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
	}
	return db.Type(name)
}

// Keys returns all that is in Redis, by database and name.
func (w *World) Keys() (keys []Key) {
	_ = w.do(func() error {
		w.store.catchUp()
		keys = w.store.keys()
		return nil
	})
	return keys
}
