package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// replica is one life of a bot, from its factory to its end.
type replica struct {
	app  App
	link *link
	stop context.CancelFunc // ends the context of Run
	done chan struct{}      // closed when Run has returned
	err  error              // of Run; read after done
}

// link is all the I/O of a replica. Once it is cut, what is under way breaks and
// nothing new begins.
type link struct {
	ctx context.Context // ends when the link is cut
	cut context.CancelFunc

	mu    sync.Mutex
	down  bool                  // Redis does not answer; guarded by mu
	conns map[net.Conn]struct{} // open; guarded by mu
}

func newLink(down bool) *link {
	l := &link{down: down, conns: make(map[net.Conn]struct{})}
	l.ctx, l.cut = context.WithCancel(context.Background())
	return l
}

// setDown breaks the connections to Redis and refuses new ones, or takes them again.
func (l *link) setDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
	if down {
		for c := range l.conns {
			c.Close()
		}
		clear(l.conns)
	}
}

// dialer returns a go-redis dialer.
func (l *link) dialer(dial func() (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, network, _ string) (net.Conn, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.down || l.ctx.Err() != nil {
			return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
		}
		c, err := dial()
		if err != nil {
			return nil, err
		}
		l.conns[c] = struct{}{}
		return &conn{Conn: c, link: l}, nil
	}
}

// conn is a connection that ends as one over TCP does when the other side goes.
type conn struct {
	net.Conn
	link *link
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if errors.Is(err, io.ErrClosedPipe) {
		err = io.EOF
	}
	return n, err
}

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if errors.Is(err, io.ErrClosedPipe) {
		return len(b), nil // the kernel takes it; the next read tells
	}
	return n, err
}

func (c *conn) Close() error {
	c.link.mu.Lock()
	delete(c.link.conns, c.Conn)
	c.link.mu.Unlock()
	return c.Conn.Close()
}

// roundTripper sends requests through the link.
type roundTripper struct {
	link *link
	next http.RoundTripper
}

func (t roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.link.ctx.Err() != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("the bot has crashed")}
	}
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	defer context.AfterFunc(t.link.ctx, cancel)()
	return t.next.RoundTrip(req.WithContext(ctx))
}

// start begins a life of replica i.
func (w *World) start(i int) error {
	w.lives++
	l := newLink(w.redisDown)
	env := w.env(i, l)
	app, err := w.factory(env)
	if err != nil {
		return fmt.Errorf("sim: the factory of the bot: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &replica{app: app, link: l, stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = app.Run(ctx)
	}()
	w.setReplica(i, r)
	w.settle()
	return nil
}

// end ends the life of replica i; a crash cuts its I/O first.
func (w *World) end(i int, crash bool) error {
	r := w.replica(i)
	if r == nil {
		return nil
	}
	w.setReplica(i, nil)
	if crash {
		r.link.cut()
		r.link.setDown(true)
	}
	r.stop()
	if err := w.await(r.done, "Run to return after its context ended"); err != nil {
		return err
	}
	errs := []error{r.err}
	if closer, ok := r.app.(io.Closer); ok {
		closed := make(chan struct{})
		var err error
		go func() {
			defer close(closed)
			err = closer.Close()
		}()
		if err := w.await(closed, "Close to return"); err != nil {
			return err
		}
		errs = append(errs, err)
	}
	r.link.cut()
	if crash { // what a dead process returns, nobody sees
		return nil
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sim: the bot ended: %w", err)
	}
	return nil
}

// ServeHTTP brings a webhook to the replicas in turn, as a load balancer does.
func (b balancer) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if app := b.world.nextApp(); app != nil {
		app.ServeHTTP(rw, r)
		return
	}
	http.Error(rw, "the bot is down", http.StatusServiceUnavailable)
}

type balancer struct{ world *World }

func (w *World) replica(i int) *replica {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.replicas[i]
}

func (w *World) setReplica(i int, r *replica) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replicas[i] = r
}

// nextApp returns the bot whose turn it is to get a webhook, or nil.
func (w *World) nextApp() App {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range w.replicas {
		r := w.replicas[w.turn]
		w.turn = (w.turn + 1) % len(w.replicas)
		if r != nil {
			return r.app
		}
	}
	return nil
}
