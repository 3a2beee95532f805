package stacktest

import (
	"bufio"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// RedisProxy stands between one replica and Redis. It reads the replica's commands.
type RedisProxy struct {
	// Swallow makes Redis a black hole: whatever is written in either direction is
	// lost, on connections old and new.
	Swallow atomic.Bool

	listener net.Listener
	server   func() string // address of Redis
	answered func(redisCommand, string)

	conns sync.WaitGroup
	mu    sync.Mutex
	open  map[net.Conn]bool // guarded by mu; nil after the test
}

// startRedisProxy starts a proxy. It calls answered for each command when Redis has
// carried it out, and before the replica has the answer.
func startRedisProxy(t testing.TB, server func() string, answered func(c redisCommand, answer string)) *RedisProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &RedisProxy{listener: listener, server: server, answered: answered, open: make(map[net.Conn]bool)}
	p.conns.Go(p.accept)
	t.Cleanup(func() {
		listener.Close()
		p.mu.Lock()
		for c := range p.open {
			c.Close()
		}
		p.open = nil
		p.mu.Unlock()
		p.conns.Wait()
	})
	return p
}

func (p *RedisProxy) env() string { return "REDIS_URL=redis://" + p.listener.Addr().String() }

func (p *RedisProxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // the test ends
		}
		p.conns.Go(func() { p.serve(client) })
	}
}

// keep notes a connection, to be closed when the test ends. It is false if that was.
func (p *RedisProxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open != nil {
		p.open[c] = true
	}
	return p.open != nil
}

func (p *RedisProxy) drop(c net.Conn) {
	c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
}

// serve carries one connection. A connection of which something was swallowed stays
// mute.
func (p *RedisProxy) serve(client net.Conn) {
	defer p.drop(client)
	if !p.keep(client) {
		return
	}
	server, err := net.Dial("tcp", p.server())
	if err != nil {
		return
	}
	defer p.drop(server)
	if !p.keep(server) {
		return
	}
	var mute atomic.Bool
	var awaited atomic.Pointer[redisCommand] // whose answer comes next
	p.conns.Go(func() { p.answers(client, server, &mute, &awaited) })
	commands := bufio.NewReaderSize(client, 64<<10)
	for {
		command, raw, err := readCommand(commands)
		if err != nil {
			return
		}
		if p.Swallow.Load() {
			mute.Store(true)
		}
		if mute.Load() {
			continue
		}
		command.at = time.Now()
		awaited.Store(&command)
		if _, err := server.Write(raw); err != nil {
			return
		}
	}
}

// answers carries Redis' answers of one connection.
func (p *RedisProxy) answers(client, server net.Conn, mute *atomic.Bool, awaited *atomic.Pointer[redisCommand]) {
	defer client.Close()
	answer := make([]byte, 64<<10)
	for {
		n, err := server.Read(answer)
		if n > 0 {
			if command := awaited.Swap(nil); command != nil {
				p.answered(*command, string(answer[:n]))
			}
			if p.Swallow.Load() {
				mute.Store(true)
			}
			if !mute.Load() {
				if _, err := client.Write(answer[:n]); err != nil {
					return
				}
			}
		}
		if err != nil && !mute.Load() {
			return
		}
		if err != nil {
			break // the end of a mute connection is not seen
		}
	}
	io.Copy(io.Discard, client) // until the replica gives it up
}
