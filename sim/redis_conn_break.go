package sim

import (
	"errors"
	"fmt"
	"time"
)

// errBroken ends a connection that the world broke.
var errBroken = errors.New("broken")

// breakOff breaks the connection. All connections of a replica break at once, and its
// goroutines notice at different times: else several would do the same at the same
// time, in no order. The caller holds the link's mu.
func (c *redisConn) breakOff() {
	delay := c.link.draw(c.state("breaks"))
	c.mu.Lock()
	c.broken = time.Now().Add(delay)
	c.mu.Unlock()
	c.end(errBroken)
}

// state describes what the connection is doing, for draws. It does not name the
// connection: which one a goroutine uses is chance.
func (c *redisConn) state(what string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Appendf(nil, "%s %d %t", what, hash(0, c.last), c.waiting || c.carrying)
}

// end ends the connection because the bot closes it or it broke.
func (c *redisConn) end(why error) {
	c.mu.Lock()
	if c.ended == nil || why == errBroken {
		c.ended = why
	}
	c.over()
	carrying, waiting := c.carrying, c.waiting
	c.mu.Unlock()
	if !carrying { // else that goroutine hangs up
		c.hangUp(waiting)
	}
	c.wake()
}

// hangUp closes the connection once Redis has carried out what has reached it.
func (c *redisConn) hangUp(waiting bool) {
	if waiting {
		time.AfterFunc(time.Millisecond, c.redis.Close)
		return
	}
	c.redis.Close()
}
