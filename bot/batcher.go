package bot

import (
	"context"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"
)

// together runs a script for many callers. Those who come while others are on their
// way to Redis go together, in one exchange: where many messages come at a time, an
// exchange is most of what they cost. A caller who comes alone does not wait.
type together struct {
	client redis.UniversalClient
	script *redis.Script
	most   int // callers in one exchange; at 1, each has its own at once

	mu      sync.Mutex // guards what follows
	under   int        // exchanges under way
	waiting []*passenger
}

// maxExchanges is how many are under way at a time.
const maxExchanges = 2

// passenger is one call of the script.
type passenger struct {
	keys  []string
	args  []any
	drive chan []*passenger // gets those whose exchange this caller is to make, itself among them
	done  chan struct{}     // closed when cmd is there
	cmd   *redis.Cmd
}

// run runs the script. When ctx ends first, the script may still run.
func (t *together) run(ctx context.Context, keys []string, args ...any) *redis.Cmd {
	if t.most <= 1 {
		return t.script.Run(ctx, t.client, keys, args...)
	}
	p := &passenger{keys: keys, args: args, drive: make(chan []*passenger, 1), done: make(chan struct{})}
	t.mu.Lock()
	if t.under < maxExchanges {
		t.under++
		p.drive <- []*passenger{p}
	} else {
		t.waiting = append(t.waiting, p)
	}
	t.mu.Unlock()
	select {
	case all := <-p.drive:
		t.exchange(ctx, all)
		t.handOver()
		return p.cmd
	case <-p.done:
		return p.cmd
	case <-ctx.Done():
	}
	gaveUp := redis.NewCmd(ctx)
	gaveUp.SetErr(ctx.Err())
	t.mu.Lock()
	if at := slices.Index(t.waiting, p); at >= 0 {
		t.waiting = slices.Delete(t.waiting, at, at+1)
	}
	t.mu.Unlock()
	select {
	case all := <-p.drive: // the others wait for it
		t.exchange(ctx, all)
		t.handOver()
	default:
	}
	return gaveUp
}

// handOver has one of those who wait make the next exchange.
func (t *together) handOver() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		t.under--
		return
	}
	n := min(len(t.waiting), t.most)
	all := slices.Clone(t.waiting[:n])
	t.waiting = slices.Delete(t.waiting, 0, n)
	all[0].drive <- all
}

func (t *together) exchange(ctx context.Context, all []*passenger) {
	if len(all) > 1 {
		_, _ = t.client.Pipelined(ctx, func(p redis.Pipeliner) error { // each command has its own error
			for _, passenger := range all {
				passenger.cmd = t.script.EvalSha(ctx, p, passenger.keys, passenger.args...)
			}
			return nil
		})
	}
	for _, p := range all {
		if p.cmd == nil || p.cmd.Err() != nil && redis.HasErrorPrefix(p.cmd.Err(), "NOSCRIPT") {
			p.cmd = t.script.Run(ctx, t.client, p.keys, p.args...)
		}
		close(p.done)
	}
}
