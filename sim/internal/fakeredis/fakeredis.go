// Package fakeredis is a world's Redis: a miniredis whose time the world moves,
// and which announces expired keys as Redis does once a client has configured it.
//
//	r, err := fakeredis.New(seed, fakeredis.Hooks{})
//	client := r.Connect(answers)
//	client.Do(commands)         // as a CommandReader finds them
//	r.CatchUp()                 // Redis' time is now the bubble's
//	expired, ok := r.Expired()  // a key that expired on the way
//	r.Announce(expired)         // its subscribers are notified
//
// It knows no link and no replica: how a command gets here, and what goes wrong on
// the way, is the world's business.
package fakeredis

import (
	"bufio"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// Hooks are called at each command, before it is carried out. A nil one is not.
type Hooks struct {
	Command func() // any command
	Change  func() // one that may change keys or subscriptions: an expiry may be due earlier than thought
}

// Redis is the server. It is safe for concurrent use.
type Redis struct {
	mini    *miniredis.Miniredis
	server  *server.Server
	hooks   Hooks
	scripts scripts

	// turn is held while a client's command is carried out, but not while it waits: Redis does
	// one thing at a time. It is taken before mu.
	turn    sync.Mutex
	leaving *server.Peer // whose command may wait within miniredis, before it does; guarded by turn

	connected sync.Mutex // guards clients
	clients   map[*Client]struct{}

	mu       sync.Mutex // guards what follows; taken before miniredis' own lock
	at       time.Time  // of the last CatchUp
	moved    time.Time  // up to which TTLs have been moved
	expiries expiries
	changes  *changes // nil: nobody has asked for them
	watched  []int    // databases with subscribers to their expired keys; nil: not known
	flags    string   // notify-keyspace-events
	refused  bool     // CONFIG SET
	wanted   string   // flags, while CONFIG SET is refused
	expired  []Expiry // neither announced nor dropped yet

	blocked []*blocked            // commands that wait, longest first
	trying  map[*server.Peer]bool // those of Redis' own that try whether a command must wait
	changed bool                  // there may be something for them
	over    bool                  // Redis is closed
}

// New starts a Redis at the present time. It must be called in a bubble. The
// seed is for SPOP and other commands that choose at random.
func New(seed uint64, hooks Hooks) (*Redis, error) {
	r := &Redis{mini: miniredis.NewMiniRedis(), hooks: hooks, at: time.Now(), moved: time.Now(), expiries: expiries{all: true}, clients: make(map[*Client]struct{}), trying: make(map[*server.Peer]bool)}
	r.scripts.kept, r.scripts.giver = make(map[string]*script), server.NewPeer(bufio.NewWriter(io.Discard))
	r.mini.SetTime(r.at.UTC()) // else TIME would follow the bubble's clock by itself
	r.mini.Seed(int(seed))
	first, err := r.mini.Dial() // there is no Server before
	if err != nil {
		return nil, fmt.Errorf("sim: start Redis: %w", err)
	}
	first.Close()
	r.server = r.mini.Server()
	if err := r.server.Register("CONFIG", r.config); err != nil {
		return nil, fmt.Errorf("sim: add CONFIG to Redis: %w", err)
	}
	r.server.SetPreHook(r.before)
	return r, nil
}

// before is called before each command.
func (r *Redis) before(peer *server.Peer, command string, args ...string) (done bool) {
	r.mu.Lock()
	own := r.trying[peer]
	r.changed = r.changed || !own && !onlyReads(command)
	r.mu.Unlock()
	if own {
		return false
	}
	r.CatchUp()
	if r.hooks.Command != nil {
		r.hooks.Command()
	}
	r.prepare(peer, command, args)
	r.note(peer, command, args)
	if !onlyReads(command) && r.hooks.Change != nil {
		r.hooks.Change()
	}
	switch command {
	case "EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "SCRIPT", "EXEC":
		return r.runScript(peer, command, args)
	}
	if peer == r.leaving {
		r.leaving = nil
		r.turn.Unlock()
	}
	return r.block(peer, command, args)
}

// Close closes all connections and stops Redis.
func (r *Redis) Close() {
	r.unblock()
	r.hangUp()
	r.mini.Close()
}
