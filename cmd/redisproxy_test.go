package cmd_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Moments of a message's way, at which something can happen to a replica. All but
// sent are seen in its commands to Redis, when Redis has carried out the command
// and the replica does not have the answer yet.
const (
	stored  = "stored"  // the message is in Redis, and its webhook is not answered
	claimed = "claimed" // the lapse is the replica's, and it does not know yet
	begun   = "begun"   // a part of the history was begun, and is not sent
	sent    = "sent"    // WhatsApp has taken it, and the replica does not have the answer
	marked  = "marked"  // Redis knows that it was sent, and the lapse is open
)

// redisProxy stands between one replica and Redis. It reads the replica's commands.
type redisProxy struct {
	listener net.Listener
	server   func() string // address of Redis
	happened func(moment string)
	swallow  atomic.Bool // what is written, in both directions, on connections old and new

	conns sync.WaitGroup
	mu    sync.Mutex
	open  map[net.Conn]bool // guarded by mu; nil after the test
}

func startRedisProxy(t *testing.T, server func() string, happened func(moment string)) *redisProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &redisProxy{listener: listener, server: server, happened: happened, open: make(map[net.Conn]bool)}
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

func (p *redisProxy) addr() string { return p.listener.Addr().String() }

func (p *redisProxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // the test ends
		}
		p.conns.Go(func() { p.serve(client) })
	}
}

// keep notes a connection that is to be closed at the end, if that is not over.
func (p *redisProxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open != nil {
		p.open[c] = true
	}
	return p.open != nil
}

func (p *redisProxy) drop(c net.Conn) {
	c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
}

// serve carries one connection. What was swallowed is missing in it: it stays mute.
func (p *redisProxy) serve(client net.Conn) {
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
	p.conns.Go(func() {
		defer client.Close()
		answers := make([]byte, 64<<10)
		for {
			n, err := server.Read(answers)
			if n > 0 {
				if command := awaited.Swap(nil); command != nil {
					if moment := command.moment(answers[:n]); moment != "" {
						p.happened(moment)
					}
				}
				if p.swallow.Load() {
					mute.Store(true)
				}
				if !mute.Load() {
					if _, err := client.Write(answers[:n]); err != nil {
						return
					}
				}
			}
			if err != nil && !mute.Load() {
				return
			}
			if err != nil {
				break // a mute connection is not seen to end
			}
		}
		io.Copy(io.Discard, client) // until the replica gives it up
	})
	commands := bufio.NewReaderSize(client, 64<<10)
	for {
		command, raw, err := readCommand(commands)
		if err != nil {
			return
		}
		if p.swallow.Load() {
			mute.Store(true)
		}
		if mute.Load() {
			continue
		}
		awaited.Store(&command)
		if _, err := server.Write(raw); err != nil {
			return
		}
	}
}

// redisCommand is a command as its words.
type redisCommand []string

// readCommand reads an array of bulk strings, as clients write commands.
func readCommand(r *bufio.Reader) (command redisCommand, raw []byte, err error) {
	length := func(kind byte) (n int, err error) {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return 0, err
		}
		raw = append(raw, line...)
		if line[0] != kind {
			return 0, fmt.Errorf("got %q in a command, want %q", line, kind)
		}
		return strconv.Atoi(string(bytes.TrimSpace(line[1:])))
	}
	words, err := length('*')
	for range words {
		n, err := length('$')
		if err != nil {
			return nil, nil, err
		}
		at := len(raw)
		raw = append(raw, make([]byte, n+2)...)
		if _, err := io.ReadFull(r, raw[at:]); err != nil {
			return nil, nil, err
		}
		command = append(command, string(raw[at:at+n]))
	}
	return command, raw, err
}

// moment tells what a command has done, by its keys and how its answer begins.
func (c redisCommand) moment(answer []byte) string {
	if len(c) < 3 || !strings.HasPrefix(strings.ToUpper(c[0]), "EVAL") || bytes.HasPrefix(answer, []byte("-")) {
		return ""
	}
	n, err := strconv.Atoi(c[2])
	if err != nil || n < 1 || len(c) < 3+n {
		return ""
	}
	keys, args := c[3:3+n], c[3+n:]
	has := func(kind string) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(key, "wappa:"+kind+":") })
	}
	switch {
	case has("seen"):
		return stored
	case has("deadlines") && has("lapse") && has("EXPTRIGGER") && strings.HasPrefix(keys[1], "wappa:leases:") && !bytes.HasPrefix(answer, []byte("*0")):
		return claimed
	case has("batch") && has("user") && bytes.Contains(answer, []byte("send")):
		return begun
	case has("batch") && has("lapse") && !has("user") && len(args) > 3 && args[3] == "sent":
		return marked
	}
	return ""
}
