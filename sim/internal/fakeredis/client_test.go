package fakeredis_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/internal/fakeredis"
)

// answers collects what Redis writes.
type answers struct {
	mu     sync.Mutex
	text   string
	closed bool
}

func (a *answers) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.text += string(b)
	return len(b), nil
}

func (a *answers) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	return nil
}

func command(args ...string) []fakeredis.Command { return []fakeredis.Command{{Args: args}} }

// TestClosedConnectionLeavesNothing closes connections that have a subscription, that
// wait in BLPOP, and that are in a transaction: none of that goes on.
func TestClosedConnectionLeavesNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		var heard, popped, queued answers
		subscriber, waiter, writer := r.Connect(&heard), r.Connect(&popped), r.Connect(&queued)
		subscriber.Do(command("SUBSCRIBE", "c"))
		go waiter.Do(command("BLPOP", "list", "0"))
		writer.Do(command("MULTI"))
		writer.Do(command("SET", "k", "v"))
		synctest.Wait()
		for _, c := range []*fakeredis.Client{subscriber, waiter, writer} {
			c.Close()
		}
		synctest.Wait()
		c := dial(t, r)
		for _, check := range []struct{ want, name, key, value string }{
			{":0", "PUBLISH", "c", "x"}, {":1", "RPUSH", "list", "x"},
		} {
			if got := c.do(check.name, check.key, check.value); got != check.want {
				t.Errorf("%s: got %s, want %s", check.name, got, check.want)
			}
		}
		synctest.Wait()
		if got := c.do("LLEN", "list"); got != ":1" || popped.text != "" {
			t.Errorf("BLPOP has taken the element: %s left, %q answered", got, popped.text)
		}
		if got := c.do("EXISTS", "k"); got != ":0" {
			t.Errorf("the transaction was carried out: %s", got)
		}
		if heard.closed || popped.closed || queued.closed {
			t.Error("a connection that the client closes is not closed by Redis")
		}
	})
}

// TestRedisEndsConnections has Redis end one after QUIT, and the others at its end.
func TestRedisEndsConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := fakeredis.New(1, fakeredis.Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		var quits, stays answers
		quitter, subscriber := r.Connect(&quits), r.Connect(&stays)
		subscriber.Do(command("SUBSCRIBE", "c"))
		quitter.Do(command("QUIT"))
		quitter.Do(command("PING"))
		if quits.text != "+OK\r\n" || !quits.closed || stays.closed {
			t.Errorf("after QUIT: got %q, closed %t and %t", quits.text, quits.closed, stays.closed)
		}
		r.Close()
		if !stays.closed {
			t.Error("Redis is closed, and a connection is not")
		}
	})
}

// TestClientsAtOneInstant has several clients run scripts, and set and ask for TTLs, at the
// same instants: those locks that a command takes must not wait for each other.
func TestClientsAtOneInstant(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		var all sync.WaitGroup
		for n := range 4 {
			c := r.Connect(nowhere{})
			all.Go(func() {
				defer c.Close()
				key := fmt.Sprint("k", n)
				script := "for i = 1, 20 do redis.call('SET', KEYS[1], i) redis.call('PEXPIRE', KEYS[1], 5000) end return redis.call('GET', KEYS[1])"
				for range 200 {
					for _, args := range [][]string{
						{"EVAL", script, "1", key}, {"PTTL", key}, {"SET", key, "v", "EX", "3"}, {"EXPIRE", key, "4"}, {"GETEX", key, "PX", "100"},
					} {
						c.Do([]fakeredis.Command{{Args: args}})
					}
					time.Sleep(time.Millisecond)
				}
			})
		}
		all.Wait()
	})
}

// nowhere is where answers go that nobody wants.
type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) Close() error                { return nil }
