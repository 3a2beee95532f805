package sim

import (
	"bytes"
	"context"
	"net"
	"slices"
	"time"

	"wappasim/sim/internal/fakeredis"
	"wappasim/sim/trace"
)

// chunk is what was written in one piece, and when it arrives.
type chunk struct {
	due  time.Time
	data []byte
}

// Write sends to Redis. It fails only after Close.
func (c *redisConn) Write(b []byte) (int, error) {
	// It is chance which of several goroutines finds a connection and which must make
	// one. So making one takes no time, and is not held.
	greeting, delay := fakeredis.IsGreeting(b), time.Duration(0)
	if !greeting {
		delay = c.link.delay(b) + time.Duration(c.link.world.redisLag.Load())
	}
	atOnce := delay == 0 && !greeting && !c.link.frozen()
	c.mu.Lock()
	b = bytes.Clone(b)
	c.last, c.greeting = b, greeting
	if c.ended == net.ErrClosed {
		c.mu.Unlock()
		return 0, net.ErrClosed
	}
	if c.ended != nil {
		c.mu.Unlock()
		return len(b), nil // the next read fails
	}
	if greeting && !c.carrying {
		c.waiting = true
		c.mu.Unlock()
		c.arrive(b)
		return len(b), nil
	}
	due := time.Now().Add(delay)
	if !atOnce {
		if !due.After(c.due) {
			due = c.due.Add(1)
		}
		c.due = due
	}
	c.queue = append(c.queue, chunk{due, b})
	if !c.carrying {
		c.carrying = true
		if c.carries == nil {
			c.carries = make(chan bool, 1)
			go func(carries <-chan bool) {
				for range carries {
					c.carry()
				}
			}(c.carries)
		}
		c.carries <- true // it has room: nothing is carried
	}
	c.mu.Unlock()
	return len(b), nil
}

// over lets the goroutine of carries end. The caller holds mu, and nothing is written any
// more.
func (c *redisConn) over() {
	if c.carries != nil {
		close(c.carries)
		c.carries = nil
	}
}

// carry sends the chunks to Redis, each at its time.
func (c *redisConn) carry() {
	for {
		c.mu.Lock()
		if len(c.queue) == 0 || c.ended == errBroken {
			c.queue, c.carrying = nil, false
			ended, waiting := c.ended, c.waiting
			c.mu.Unlock()
			if ended != nil {
				c.hangUp(waiting)
			}
			return
		}
		next := c.queue[0]
		c.queue = slices.Delete(c.queue, 0, 1)
		c.waiting = true
		c.mu.Unlock()
		_ = c.link.world.delays.Wait(context.Background(), next.due)
		if c.link.frozen() {
			c.link.hold(next.data)
		}
		c.arrive(next.data)
	}
}

// arrive lets data reach Redis, up to a crash point.
func (c *redisConn) arrive(data []byte) {
	if c.link.ctx.Err() != nil {
		return
	}
	commands := c.commands.Read(data)
	events := make([]int, len(commands))
	for i, command := range commands {
		if command.Greeting {
			c.asks(command, 0)
			continue
		}
		if c.link.awaits(beforeRedis) && c.link.reached(beforeRedis, command.All()) {
			c.do(commands[:i], events)
			c.link.crash()
			return
		}
		events[i] = c.link.world.trace.Add(trace.Event{Who: c.link.who, What: trace.Commands, To: "redis", Text: command.Text})
		c.asks(command, events[i])
		if c.link.awaits(afterRedis) && c.link.reached(afterRedis, command.All()) {
			c.mu.Lock()
			c.ended, c.broken = errBroken, time.Now().Add(time.Millisecond) // no answer gets through
			c.mu.Unlock()
			c.do(commands[:i+1], events)
			c.link.crash()
			return
		}
	}
	c.do(commands, events)
}

// do has Redis carry out commands, those of some events in the trace. In a recording, each
// change belongs to its command.
func (c *redisConn) do(commands []fakeredis.Command, events []int) {
	w := c.link.world
	if w.notes.keys.Load() == nil {
		c.redis.Do(commands)
		return
	}
	for i := range commands {
		before := w.notes.changes.Load()
		c.redis.Do(commands[i : i+1])
		if w.notes.changes.Load() != before {
			w.noteKeys(events[i])
		}
	}
}

// asks notes that a command is about to be answered, for the trace's event n.
func (c *redisConn) asks(command fakeredis.Command, n int) {
	if !c.link.world.opts.answers {
		return
	}
	c.mu.Lock()
	c.answers.Asked(command, n)
	c.mu.Unlock()
}
