package sim

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"wappasim/sim/internal/fakeredis"
)

// dial connects to Redis; go-redis calls it.
func (l *link) dial(_ context.Context, network, _ string) (net.Conn, error) {
	refused := &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unreachable() {
		return nil, refused
	}
	c := &redisConn{link: l, more: make(chan struct{}, 1)}
	c.redis = l.world.redis.Connect(answers{c})
	l.conns[c] = struct{}{}
	return c, nil
}

// redisConn is a connection to Redis. It behaves as one over TCP: a write succeeds at
// once and arrives later, and only the next read notices that the connection broke.
type redisConn struct {
	link  *link
	redis *fakeredis.Client
	more  chan struct{}

	timer atomic.Pointer[time.Timer] // of the deadline of reads, while no read uses it

	mu       sync.Mutex // guards what follows
	in       []received // not read yet
	queue    []chunk    // written, not arrived yet
	carrying bool       // the goroutine of carries empties queue
	carries  chan bool  // tells it to; closed when the connection ends; nil: there is none yet
	waiting  bool       // for an answer
	last     []byte     // what was written last
	greeting bool       // it was part of making the connection
	broken   time.Time  // when the next read notices that it broke
	due      time.Time  // of the last chunk
	deadline time.Time  // of reads
	ended    error      // errBroken, net.ErrClosed or io.EOF; nil: open
	commands fakeredis.CommandReader
	answers  fakeredis.Answers
}

// Close implements [net.Conn], as LocalAddr and the others do.
func (c *redisConn) Close() error {
	c.link.mu.Lock()
	delete(c.link.conns, c)
	c.link.mu.Unlock()
	c.end(net.ErrClosed)
	return nil
}

func (c *redisConn) LocalAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (c *redisConn) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 6379}
}

func (c *redisConn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

func (c *redisConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	c.deadline = t
	c.mu.Unlock()
	c.wake()
	return nil
}

// SetWriteDeadline does nothing: writes succeed at once.
func (c *redisConn) SetWriteDeadline(time.Time) error { return nil }

// SyscallConn is for go-redis, which checks a connection before it uses it again: it
// fails if the connection is broken, and else has nothing to read.
func (c *redisConn) SyscallConn() (syscall.RawConn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return nothingToRead{}, c.ended
}

type nothingToRead struct{}

func (nothingToRead) Control(func(uintptr)) error    { return nil }
func (nothingToRead) Read(func(uintptr) bool) error  { return nil }
func (nothingToRead) Write(func(uintptr) bool) error { return nil }
