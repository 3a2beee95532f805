package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// batcher calls lua/append_once.lua for many messages. Messages that arrive while
// maxExchanges exchanges with Redis are under way share the next exchange: when many
// arrive at a time, the exchange is most of their cost. A message that arrives alone does
// not wait. One message of each batch is its leader and makes the exchange; the others
// are followers and wait for its result. If the leader's time ends before there is one, the
// next of them that has time leads the others.
type batcher struct {
	client redis.UniversalClient
	script *redis.Script
	shared func() []any // the arguments that are the same for all messages
	size   int          // messages in one exchange at most; at 1, each has its own exchange at once

	mu      sync.Mutex // guards what follows
	under   int        // exchanges under way
	waiting []*call
}

// maxExchanges is how many are under way at a time.
const maxExchanges = 2

// call is one message, a leader or a follower.
type call struct {
	tag    string   // the beginning of all its keys: in a Cluster, one call of the script has one
	keys   []string // the first two are the message's own, and those of earlier and later ones of its user
	args   []any
	lead   chan []*call  // makes this message a leader: it gets those of its batch, itself among them
	done   chan struct{} // closed when answer and err are set
	answer any
	err    error
	gone   bool // its caller no longer waits; guarded by mu of the batcher
}

// run stores a message and returns the script's answer for it. When ctx ends first, it may
// still be stored.
func (b *batcher) run(ctx context.Context, tag string, keys []string, args ...any) (answer any, err error) {
	c := &call{tag: tag, keys: keys, args: args, lead: make(chan []*call, 1), done: make(chan struct{})}
	if b.size <= 1 {
		b.exchange(ctx, []*call{c})
		return c.answer, c.err
	}
	b.mu.Lock()
	if b.under < maxExchanges {
		b.under++
		c.lead <- []*call{c}
	} else {
		b.waiting = append(b.waiting, c)
	}
	b.mu.Unlock()
	select {
	case all := <-c.lead:
		return b.led(ctx, c, all)
	case <-c.done:
		return c.answer, c.err
	case <-ctx.Done():
	}
	b.mu.Lock()
	c.gone = true
	if at := slices.Index(b.waiting, c); at >= 0 {
		b.waiting = slices.Delete(b.waiting, at, at+1)
	}
	b.mu.Unlock()
	select {
	case all := <-c.lead: // the followers wait for it
		b.handOver(all)
	default:
	}
	return nil, ctx.Err()
}

// led makes the exchange of a batch, as its leader c.
func (b *batcher) led(ctx context.Context, c *call, all []*call) (answer any, err error) {
	left := b.exchange(ctx, all)
	b.mu.Lock()
	c.gone = true
	b.mu.Unlock()
	b.handOver(left)
	return c.answer, c.err
}

// handOver has the first of a batch that still waits lead the others; if none does, it makes
// the first waiting call the leader of the next exchange.
func (b *batcher) handOver(left []*call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if left = slices.DeleteFunc(left, func(c *call) bool { return c.gone }); len(left) > 0 {
		left[0].lead <- left
		return
	}
	if len(b.waiting) == 0 {
		b.under--
		return
	}
	n := min(len(b.waiting), b.size)
	all := slices.Clone(b.waiting[:n])
	b.waiting = slices.Delete(b.waiting, 0, n)
	all[0].lead <- all
}

// exchange stores messages. If a call of the script that has several fails because of a key,
// each has a call of its own: what is wrong with one user's key is not the others' concern.
// Those are left, with the error, that failed because the time of ctx is over. They may be
// stored nevertheless, and the script stores none twice.
func (b *batcher) exchange(ctx context.Context, all []*call) (left []*call) {
	groups := together(all)
	answers := make([]*redis.Cmd, len(groups))
	if len(groups) == 1 {
		answers[0] = b.call(ctx, groups[0])
	} else {
		_, _ = b.client.Pipelined(ctx, func(p redis.Pipeliner) error { // each command has its own error
			for i, group := range groups {
				keys, args := b.all(group)
				answers[i] = b.script.EvalSha(ctx, p, keys, args...)
			}
			return nil
		})
	}
	for i, group := range groups {
		answer, err := answers[i].Slice()
		if redis.HasErrorPrefix(err, "NOSCRIPT") {
			answer, err = b.call(ctx, group).Slice()
		}
		failed, _ := errors.AsType[redis.Error](err)
		byKey := failed != nil && (strings.HasPrefix(failed.Error(), "WRONGTYPE ") || strings.HasPrefix(failed.Error(), "ERR "))
		for n, c := range group {
			switch {
			case err == nil:
				c.answer, c.err = answer[n], nil // there is one for each
			case byKey && len(group) > 1:
				left = append(left, b.exchange(ctx, group[n:n+1])...)
				continue
			case outOfTime(ctx):
				c.err = err
				left = append(left, c)
				continue
			default:
				c.err = err
			}
			close(c.done)
		}
	}
	return left
}

// outOfTime tells whether the time of a context is over, which a connection can notice first.
func outOfTime(ctx context.Context) bool {
	deadline, has := ctx.Deadline()
	return ctx.Err() != nil || has && !time.Now().Before(deadline)
}

// together divides messages into groups of which each needs one call of the script: the n-th
// messages of the users that have the same tag.
func together(all []*call) (groups [][]*call) {
	type place struct {
		tag string
		n   int
	}
	at := make(map[place]int)      // in groups
	before := make(map[string]int) // by key, the messages before that have it
	for _, c := range all {
		own := c.keys[:2]
		p := place{c.tag, max(before[own[0]], before[own[1]])}
		before[own[0]], before[own[1]] = p.n+1, p.n+1
		i, ok := at[p]
		if !ok {
			i = len(groups)
			at[p], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

func (b *batcher) call(ctx context.Context, group []*call) *redis.Cmd {
	keys, args := b.all(group)
	return b.script.Run(ctx, b.client, keys, args...)
}

// all returns the keys and arguments of a call of the script.
func (b *batcher) all(group []*call) (keys []string, args []any) {
	args = b.shared()
	for _, c := range group {
		keys, args = append(keys, c.keys...), append(args, c.args...)
	}
	return keys, args
}
