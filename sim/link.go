package sim

import (
	"context"
	"net/http"
	"sync"
	"time"

	"wappasim/sim/internal/capture"
	"wappasim/sim/internal/stacks"
)

// link is all the I/O of an incarnation: what is sent takes its time, is held while
// the replica is frozen, and breaks when it crashes.
type link struct {
	world       *World
	who         string // "bot 1"
	incarnation int
	ctx         context.Context // ends when the link is cut
	life        context.Context // Env.Life: it ends just before ctx
	cut         context.CancelFunc

	mu          sync.Mutex              // guards what follows
	down        bool                    // Redis cannot be reached
	thawed      chan struct{}           // closed when the replica is no longer frozen; nil: it is not
	frozenTo    time.Time               // the end of the last freeze
	conns       map[*redisConn]struct{} // open
	sent        map[uint64]int          // how often the same was sent
	crashPoints map[string]crashPoint   // by where the replica crashes
	crashed     bool                    // at one of them
	heals       int                     // how often all faults have healed
	jump        time.Duration           // of the replica's clock
}

func newLink(w *World, replica int) *link {
	l := &link{
		world: w, who: replicaName(replica), incarnation: w.incarnations, down: w.redisDown,
		conns: make(map[*redisConn]struct{}), sent: make(map[uint64]int), crashPoints: make(map[string]crashPoint),
	}
	life, die := context.WithCancel(context.Background())
	ctx, cut := context.WithCancel(context.Background())
	l.life, l.ctx = life, ended{ctx, life}
	l.cut = func() { die(); cut() }
	w.newest.Store(l)
	return l
}

// ended is a context that has ended when life has, though its Done is closed later:
// whatever begins after a crash fails, and what fails because of it finds that the life
// and all contexts of the bot are over.
type ended struct {
	context.Context
	life context.Context
}

func (c ended) Err() error { return c.life.Err() }

// capture has http.DefaultTransport lead into the world, if it was asked for, until release.
// It runs in the bubble.
func (w *World) capture() (release func()) {
	if !w.opts.capture {
		return func() {}
	}
	return capture.Begin(stacks.Bubble(), newest{w})
}

// newest is the link of the incarnation that started last.
type newest struct{ world *World }

func (n newest) RoundTrip(req *http.Request) (*http.Response, error) {
	return n.world.newest.Load().RoundTrip(req)
}

// delay returns how long content takes to where it is sent. It depends on the seed, the
// incarnation, the content and how often that was sent before, and so not on the
// order in which goroutines happen to run.
func (l *link) delay(content []byte) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.draw(content)
}

// draw is delay for a caller that holds mu.
func (l *link) draw(content []byte) time.Duration {
	if l.world.opts.latency <= 0 {
		return 0
	}
	h := hash(l.world.opts.seed^uint64(l.incarnation)<<32, content)
	l.sent[h]++
	return l.world.latency(h, l.sent[h])
}

// hold waits while the replica is frozen, and tells whether it did. After a thaw,
// different contents go on at different times.
func (l *link) hold(content []byte) (held bool) {
	for {
		l.mu.Lock()
		thawed := l.thawed
		l.mu.Unlock()
		if thawed == nil {
			return held
		}
		held = true
		select {
		case <-thawed:
			_ = sleep(l.ctx, l.delay(content))
		case <-l.ctx.Done():
			return held
		}
	}
}

// freeze holds all I/O until thaw.
func (l *link) freeze() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.thawed == nil {
		l.thawed = make(chan struct{})
	}
}

func (l *link) thaw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.thawed != nil {
		close(l.thawed)
		l.thawed, l.frozenTo = nil, time.Now()
	}
}

// sever cuts the link. Redis still carries out what has reached it.
func (l *link) sever() {
	l.cut()
	l.setDown(true)
}

// setDown breaks the connections to Redis and refuses new ones, or accepts them again.
func (l *link) setDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
	if down {
		for c := range l.conns {
			c.breakOff()
		}
		clear(l.conns)
	}
}

// unreachable tells whether Redis cannot be reached. The caller holds mu.
func (l *link) unreachable() bool { return l.down || l.ctx.Err() != nil }

func (l *link) frozen() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.thawed != nil
}

// frozenSince tells whether the replica was frozen at any time from t to now.
func (l *link) frozenSince(t time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.thawed != nil || !l.frozenTo.Before(t)
}
