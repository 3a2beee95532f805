package sim

import (
	"context"
	"regexp"
	"sync"
	"time"
)

// link is all the I/O of one life of a replica: what is sent takes its time, is
// held while the replica is frozen, and breaks when it crashes.
type link struct {
	world *World
	who   string // "bot 1"
	life  int
	ctx   context.Context // ends when the link is cut
	cut   context.CancelFunc

	mu      sync.Mutex         // guards what follows
	down    bool               // Redis does not answer
	thawed  chan struct{}      // closed when the replica is no longer frozen; nil: it is not
	conns   map[*conn]struct{} // open
	sent    map[uint64]int     // how often the same was sent
	fuses   map[string]fuse    // by where the replica crashes
	crashed bool               // at a fuse's end
	jump    time.Duration      // of the replica's clock
}

func newLink(w *World, replica int) *link {
	l := &link{
		world: w, who: replicaName(replica), life: w.lives, down: w.redisDown,
		conns: make(map[*conn]struct{}), sent: make(map[uint64]int), fuses: make(map[string]fuse),
	}
	l.ctx, l.cut = context.WithCancel(context.Background())
	return l
}

// delay returns how long something takes to where it is sent. It depends on the
// seed, on what is sent by whom and how often that was sent before, and so not
// on the order in which goroutines happen to run.
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
	h := hash(l.world.opts.seed^uint64(l.life)<<32, content)
	l.sent[h]++
	return l.world.latency(h, l.sent[h])
}

// hold keeps something while the replica is frozen, and tells whether it did.
// What was held does not all go on at once.
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
		l.thawed = nil
	}
}

// fuse is when a replica crashes: at the n-th I/O that is like this.
type fuse struct {
	n    int
	like *regexp.Regexp
}

// burn counts down a fuse by an I/O, and tells whether this is where the replica
// crashes.
func (l *link) burn(where, what string) (crash bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.fuses[where]
	if !ok || !f.like.MatchString(what) {
		return false
	}
	f.n--
	if l.fuses[where] = f; f.n == 0 {
		delete(l.fuses, where)
	}
	return f.n == 0
}

// crash ends all I/O at once. The world buries the replica as soon as it can.
func (l *link) crash() {
	l.mu.Lock()
	l.crashed = true
	l.mu.Unlock()
	l.sever()
	l.world.store.touch()
}

// sever cuts the link. Redis still carries out what has reached it.
func (l *link) sever() {
	l.cut()
	l.setDown(true)
}

// setDown breaks the connections to Redis and refuses new ones, or takes them again.
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

func (l *link) frozen() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.thawed != nil
}
