package bot

import (
	"context"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"
)

// batcher runs a script for many callers. Calls that arrive while maxExchanges
// exchanges with Redis are under way share the next exchange: when many messages
// arrive at a time, the exchange is most of their cost. A call that arrives alone does
// not wait. One call of each batch is its leader and makes the exchange; the others
// are followers and wait for its result.
type batcher struct {
	client redis.UniversalClient
	script *redis.Script
	size   int // calls in one exchange at most; at 1, each call has its own exchange at once

	mu      sync.Mutex // guards what follows
	under   int        // exchanges under way
	waiting []*call
}

// maxExchanges is how many are under way at a time.
const maxExchanges = 2

// call is one call of the script, a leader or a follower.
type call struct {
	keys []string
	args []any
	lead chan []*call  // makes this call a leader: it gets the calls of its batch, itself among them
	done chan struct{} // closed when cmd is set
	cmd  *redis.Cmd
}

// run runs the script. When ctx ends first, the script may still run.
func (b *batcher) run(ctx context.Context, keys []string, args ...any) *redis.Cmd {
	if b.size <= 1 {
		return b.script.Run(ctx, b.client, keys, args...)
	}
	c := &call{keys: keys, args: args, lead: make(chan []*call, 1), done: make(chan struct{})}
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
		b.exchange(ctx, all)
		b.leadNext()
		return c.cmd
	case <-c.done:
		return c.cmd
	case <-ctx.Done():
	}
	gaveUp := redis.NewCmd(ctx)
	gaveUp.SetErr(ctx.Err())
	b.mu.Lock()
	if at := slices.Index(b.waiting, c); at >= 0 {
		b.waiting = slices.Delete(b.waiting, at, at+1)
	}
	b.mu.Unlock()
	select {
	case all := <-c.lead: // the followers wait for it
		b.exchange(ctx, all)
		b.leadNext()
	default:
	}
	return gaveUp
}

// leadNext makes the first waiting call the leader of the next exchange.
func (b *batcher) leadNext() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		b.under--
		return
	}
	n := min(len(b.waiting), b.size)
	all := slices.Clone(b.waiting[:n])
	b.waiting = slices.Delete(b.waiting, 0, n)
	all[0].lead <- all
}

func (b *batcher) exchange(ctx context.Context, all []*call) {
	if len(all) > 1 {
		_, _ = b.client.Pipelined(ctx, func(p redis.Pipeliner) error { // each command has its own error
			for _, c := range all {
				c.cmd = b.script.EvalSha(ctx, p, c.keys, c.args...)
			}
			return nil
		})
	}
	for _, p := range all {
		if p.cmd == nil || p.cmd.Err() != nil && redis.HasErrorPrefix(p.cmd.Err(), "NOSCRIPT") {
			p.cmd = b.script.Run(ctx, b.client, p.keys, p.args...)
		}
		close(p.done)
	}
}
