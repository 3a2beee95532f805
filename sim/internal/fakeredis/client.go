package fakeredis

import (
	"bufio"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/alicebob/miniredis/v2/server"
)

// Client is a connection to Redis.
type Client struct {
	redis   *Redis
	peer    *server.Peer
	answers io.WriteCloser

	mu     sync.Mutex // guards what follows
	busy   bool       // Do is under way
	closed bool
}

// Connect makes a connection. Redis writes to answers what it answers and what is
// published, also while nobody calls, and closes it when it ends the connection. Neither
// may wait.
func (r *Redis) Connect(answers io.WriteCloser) *Client {
	c := &Client{redis: r, answers: answers}
	c.peer = server.NewPeer(bufio.NewWriterSize(c, 1024))
	r.connected.Lock()
	defer r.connected.Unlock()
	r.clients[c] = struct{}{}
	return c
}

// Do carries out commands, one after another. It returns when the last is done: a command
// like BLPOP takes its time. No two calls may be under way.
func (c *Client) Do(commands []Command) {
	c.mu.Lock()
	c.busy = !c.closed
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return
	}
	for _, command := range commands {
		c.redis.dispatch(c.peer, command.Args)
		c.peer.Flush()
		switch strings.ToUpper(command.Args[0]) {
		case "SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "CONFIG", "EXEC":
			c.redis.forget()
		}
	}
	c.mu.Lock()
	c.busy = false
	closed = c.closed
	c.mu.Unlock()
	if closed {
		go c.unsubscribe()
	} else if c.peer.Closed() { // QUIT
		c.Close()
		c.answers.Close()
	}
}

// dispatch carries out a command in its turn.
func (r *Redis) dispatch(peer *server.Peer, args []string) {
	r.turn.Lock()
	waits := waitsInside(args)
	if waits {
		r.leaving = peer
	}
	r.server.Dispatch(peer, args)
	if !waits { // else before has let go of it
		r.turn.Unlock()
	}
}

// Write passes on what Redis writes. It is for miniredis.
func (c *Client) Write(b []byte) (int, error) {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return len(b), nil
	}
	return c.answers.Write(b)
}

// Close ends the connection for the client. What Redis is doing for it goes on.
func (c *Client) Close() {
	c.mu.Lock()
	closed, busy := c.closed, c.busy
	c.closed = true
	c.mu.Unlock()
	if closed {
		return
	}
	c.peer.Close() // a command that waits ends with the next change
	if !busy {
		go c.unsubscribe() // the caller may hold what those need who hold miniredis' lock
	}
	c.redis.connected.Lock()
	defer c.redis.connected.Unlock()
	delete(c.redis.clients, c)
}

// unsubscribe ends the subscriptions of a connection that is closed.
func (c *Client) unsubscribe() {
	if is, ok := connectionOf(c.peer); ok && is.plain {
		return
	}
	for _, command := range []string{"DISCARD", "UNSUBSCRIBE", "PUNSUBSCRIBE"} {
		c.redis.dispatch(c.peer, []string{command})
	}
	c.redis.forget()
}

// hangUp closes all connections.
func (r *Redis) hangUp() {
	r.connected.Lock()
	clients := slices.Collect(maps.Keys(r.clients))
	r.connected.Unlock()
	for _, c := range clients {
		c.Close()
		c.answers.Close()
	}
}
