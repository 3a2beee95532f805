package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// dial is go-redis' dialer.
func (l *link) dial(_ context.Context, network, _ string) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down || l.ctx.Err() != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
	}
	pipe, err := l.world.store.dial()
	if err != nil {
		return nil, err
	}
	c := &conn{link: l, pipe: pipe, more: make(chan struct{}, 1)}
	l.conns[c] = struct{}{}
	go c.receive()
	return c, nil
}

var errBroken = errors.New("broken")

// conn is a connection to Redis. It behaves as one over TCP: what is written is
// taken at once and arrives later, and the end is seen by the next read.
type conn struct {
	link *link
	pipe net.Conn // to miniredis
	more chan struct{}

	mu       sync.Mutex // guards what follows
	in       []received // not read yet
	queue    []chunk    // written, not arrived yet
	carrying bool       // a goroutine empties queue
	waiting  bool       // for an answer
	last     uint64     // what was written last
	greeting bool       // that was a part of making the connection
	broken   time.Time  // when the next read sees that it broke
	due      time.Time  // of the last chunk
	deadline time.Time  // of reads
	ended    error      // errBroken, net.ErrClosed or io.EOF; nil: open
	commands commandReader
}

// received is what came from Redis in one piece.
type received struct {
	data []byte
	held bool // it came while the replica was frozen
}

type chunk struct {
	due  time.Time
	data []byte
}

// receive takes what Redis sends, at once: miniredis holds its lock until then.
func (c *conn) receive() {
	buf := make([]byte, 4096)
	for {
		n, err := c.pipe.Read(buf)
		held := c.link.frozen()
		c.mu.Lock()
		if n > 0 {
			c.in = append(c.in, received{bytes.Clone(buf[:n]), held})
		}
		c.waiting = false
		if err != nil && c.ended == nil {
			c.ended = io.EOF
		}
		c.mu.Unlock()
		c.wake()
		if err != nil {
			return
		}
	}
}

func (c *conn) wake() {
	select {
	case c.more <- struct{}{}:
	default:
	}
}

// Read gives what was received. While the replica is frozen, not even the
// deadline passes.
func (c *conn) Read(b []byte) (int, error) {
	for {
		if c.link.frozen() {
			c.mu.Lock()
			greeting := c.greeting
			c.mu.Unlock()
			if !greeting {
				c.link.hold(c.state("reads"))
			}
		}
		c.mu.Lock()
		ended, deadline := c.ended, c.deadline
		if ended == errBroken {
			if left := time.Until(c.broken); left > 0 {
				c.mu.Unlock()
				time.Sleep(left)
				continue
			}
			ended, c.in = io.EOF, nil
		}
		if len(c.in) > 0 && ended != net.ErrClosed {
			first := &c.in[0]
			if first.held && !c.greeting { // what was held does not all go on at once
				first.held = false
				c.mu.Unlock()
				_ = sleep(c.link.ctx, c.link.delay(first.data))
				continue
			}
			n := copy(b, first.data)
			if first.data = first.data[n:]; len(first.data) == 0 {
				c.in = c.in[1:]
			}
			c.mu.Unlock()
			return n, nil
		}
		c.mu.Unlock()
		if ended != nil {
			return 0, ended
		}
		if deadline.IsZero() {
			<-c.more
			continue
		}
		left := time.Until(deadline)
		if left <= 0 {
			return 0, os.ErrDeadlineExceeded
		}
		timer := time.NewTimer(left)
		select {
		case <-c.more:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (c *conn) Write(b []byte) (int, error) {
	// Which of several goroutines finds a connection and which must make one, is
	// chance: so making one takes no time, and is not held.
	args, _ := parseCommand(b) // none of a command that is written in pieces
	greeting, delay := len(args) > 0 && isGreeting(args), time.Duration(0)
	if !greeting {
		delay = c.link.delay(b) + c.link.world.store.lag()
	}
	direct := greeting || delay == 0 && !c.link.frozen()
	c.mu.Lock()
	c.last, c.greeting = hash(0, b), greeting
	if c.ended == net.ErrClosed {
		c.mu.Unlock()
		return 0, net.ErrClosed
	}
	if c.ended != nil {
		c.mu.Unlock()
		return len(b), nil // the kernel takes it; the next read tells
	}
	if direct && !c.carrying {
		c.waiting = true
		c.mu.Unlock()
		c.arrive(b)
		return len(b), nil
	}
	due := time.Now().Add(delay)
	if !due.After(c.due) {
		due = c.due.Add(1)
	}
	c.due = due
	c.queue = append(c.queue, chunk{due, bytes.Clone(b)})
	if !c.carrying {
		c.carrying = true
		go c.carry()
	}
	c.mu.Unlock()
	return len(b), nil
}

// carry brings the chunks to Redis, each at its time.
func (c *conn) carry() {
	for {
		c.mu.Lock()
		if len(c.queue) == 0 || c.ended == errBroken {
			c.queue, c.carrying = nil, false
			if c.ended != nil {
				c.hangUp()
			}
			c.mu.Unlock()
			return
		}
		next := c.queue[0]
		c.queue = c.queue[1:]
		c.waiting = true
		c.mu.Unlock()
		time.Sleep(time.Until(next.due))
		if c.link.frozen() {
			c.link.hold(next.data)
		}
		c.arrive(next.data)
	}
}

// arrive hands data to Redis, up to where the replica crashes.
func (c *conn) arrive(data []byte) {
	if c.link.ctx.Err() != nil {
		return
	}
	for _, command := range c.commands.read(data) {
		if c.link.burn(BeforeRedis, command.all) {
			c.forward(data[:command.start])
			c.link.crash()
			return
		}
		c.link.world.trace.add(Event{Who: c.link.who, What: Commands, To: "redis", Text: command.text})
		if c.link.burn(AfterRedis, command.all) {
			c.mu.Lock()
			c.ended, c.broken = errBroken, time.Now().Add(time.Millisecond) // no answer gets through
			c.mu.Unlock()
			c.forward(data[:command.end])
			c.link.crash()
			return
		}
	}
	c.forward(data)
}

func (c *conn) forward(data []byte) {
	_, _ = c.pipe.Write(data) // the next read tells
}

// breakOff breaks the connection. Those of a replica break at once, and are seen
// to at different times: else several goroutines would do the same at the same
// time, in no order. The caller holds the link's mu.
func (c *conn) breakOff() {
	delay := c.link.draw(c.state("breaks"))
	c.mu.Lock()
	c.broken = time.Now().Add(delay)
	c.mu.Unlock()
	c.end(errBroken)
}

// state describes what the connection is doing, for draws: which connection does
// it is chance.
func (c *conn) state(what string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Appendf(nil, "%s %d %t", what, c.last, c.waiting || c.carrying)
}

// end ends the connection, because the caller closes it or it broke.
func (c *conn) end(why error) {
	c.mu.Lock()
	if c.ended == nil || why == errBroken {
		c.ended = why
	}
	if !c.carrying { // else that goroutine hangs up
		c.hangUp()
	}
	c.mu.Unlock()
	c.wake()
}

// hangUp closes the pipe once Redis has carried out what has reached it. The
// caller holds mu.
func (c *conn) hangUp() {
	hangUp := func() {
		c.pipe.Close()
		c.link.world.store.forget() // a subscriber may be gone
	}
	if c.waiting {
		time.AfterFunc(time.Millisecond, hangUp)
		return
	}
	hangUp()
}

func (c *conn) Close() error {
	c.link.mu.Lock()
	delete(c.link.conns, c)
	c.link.mu.Unlock()
	c.end(net.ErrClosed)
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return c.pipe.LocalAddr() }
func (c *conn) RemoteAddr() net.Addr { return c.pipe.RemoteAddr() }

func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	c.deadline = t
	c.mu.Unlock()
	c.wake()
	return nil
}

// SetWriteDeadline does nothing: writes are taken at once.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

// SyscallConn tells go-redis, which looks before it uses a connection again,
// whether it is broken. A healthy one has nothing to be peeked at.
func (c *conn) SyscallConn() (syscall.RawConn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return nothingToRead{}, c.ended
}

type nothingToRead struct{}

func (nothingToRead) Control(func(uintptr)) error    { return nil }
func (nothingToRead) Read(func(uintptr) bool) error  { return nil }
func (nothingToRead) Write(func(uintptr) bool) error { return nil }
