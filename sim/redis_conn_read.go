package sim

import (
	"bytes"
	"io"
	"net"
	"os"
	"slices"
	"time"
)

// received is what came from Redis in one piece.
type received struct {
	data []byte
	held bool // it came while the replica was frozen
}

// answers is what Redis writes to.
type answers struct{ *redisConn }

func (a answers) Write(b []byte) (int, error) {
	held := a.link.frozen()
	a.mu.Lock()
	a.in = append(a.in, received{bytes.Clone(b), held})
	if a.link.world.opts.answers && a.ended == nil {
		a.redisConn.answers.Read(b, a.link.world.trace.Answered)
	}
	a.waiting = false
	a.mu.Unlock()
	a.wake()
	return len(b), nil
}

// Close is called when Redis ends the connection.
func (a answers) Close() error {
	a.mu.Lock()
	if a.ended == nil {
		a.ended = io.EOF
		a.over()
	}
	a.mu.Unlock()
	a.wake()
	return nil
}

func (c *redisConn) wake() {
	select {
	case c.more <- struct{}{}:
	default:
	}
}

// Read returns what was received. While the replica is frozen, it does not return
// even after the deadline.
func (c *redisConn) Read(b []byte) (int, error) {
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
			if first.held && !c.greeting { // what was held goes on at different times
				first.held = false
				c.mu.Unlock()
				_ = sleep(c.link.ctx, c.link.delay(first.data))
				continue
			}
			n := copy(b, first.data)
			if first.data = first.data[n:]; len(first.data) == 0 {
				c.in = slices.Delete(c.in, 0, 1)
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
		timer := c.timer.Swap(nil) // one for all reads, as long as no two are at once
		if timer == nil {
			timer = time.NewTimer(left)
		} else {
			timer.Reset(left)
		}
		select {
		case <-c.more:
		case <-timer.C:
		}
		timer.Stop()
		c.timer.Store(timer)
	}
}
