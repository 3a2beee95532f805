package fakeredis_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/internal/fakeredis"
)

// send sends a command, whose answer comes later.
func (c client) send(command string) {
	c.t.Helper()
	args := strings.Fields(command)
	fmt.Fprintf(c.conn, "*%d\r\n", len(args))
	for _, arg := range args {
		fmt.Fprintf(c.conn, "$%d\r\n%s\r\n", len(arg), arg)
	}
	synctest.Wait()
}

// bulk reads an array of strings, or what else comes.
func (c client) bulk() string {
	c.t.Helper()
	line := c.line()
	switch {
	case strings.HasPrefix(line, "*") && line != "*-1":
		var n int
		fmt.Sscanf(line, "*%d", &n)
		var all []string
		for range n {
			all = append(all, c.bulk())
		}
		return "[" + strings.Join(all, " ") + "]"
	case strings.HasPrefix(line, "$") && line != "$-1":
		return c.line()
	}
	return line
}

func serve(r *fakeredis.Redis) (n int) {
	for synctest.Wait(); r.Serve(); synctest.Wait() {
		n++
	}
	return n
}

// TestWhoWaitsLongestIsServedFirst has clients wait in one order, and in the other.
func TestWhoWaitsLongestIsServedFirst(t *testing.T) {
	for _, first := range []int{0, 1} {
		inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
			clients := []client{dial(t, r), dial(t, r)}
			other := dial(t, r)
			for _, i := range []int{first, 1 - first} {
				clients[i].do("SELECT", "3")
				clients[i].send("BLPOP a b 0")
			}
			other.do("SELECT", "3")
			other.do("RPUSH", "b", "1", "2", "3")
			if n := serve(r); n != 2 {
				t.Fatalf("%d are served", n)
			}
			for n, i := range []int{first, 1 - first} {
				if got, want := clients[i].bulk(), fmt.Sprintf("[b %d]", n+1); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
}

// TestWhatWaitsAndWhatDoesNot sends commands, and then something for each to take.
func TestWhatWaitsAndWhatDoesNot(t *testing.T) {
	for _, c := range []struct {
		before, command, then string
		want                  string // "": it waits
		served                string
	}{
		{"", "BLPOP a 0", "RPUSH a 1", "", "[a 1]"},
		{"", "BRPOP a 0", "RPUSH a 1 2", "", "[a 2]"},
		{"", "BRPOPLPUSH a b 0", "RPUSH a 1", "", "1"},
		{"", "BLMOVE a b LEFT LEFT 0", "RPUSH a 1", "", "1"},
		{"", "BZPOPMIN a 0", "ZADD a 1 x 2 y", "", "[a x 1]"},
		{"", "BZPOPMAX a 0", "ZADD a 1 x 2 y", "", "[a y 2]"},
		{"", "BZMPOP 0 1 a MIN", "ZADD a 1 x", "", "[a [[x 1]]]"},
		{"XGROUP CREATE a g $ MKSTREAM", "XREADGROUP GROUP g block COUNT 1 BLOCK 0 STREAMS a >", "XADD a 1-1 k v", "", "[[a [[1-1 [k v]]]]]"},
		{"", "BLPOP a 0", "SET a 1", "", "-WRONGTYPE Operation against a key holding the wrong kind of value"},

		{"RPUSH a 1", "BLPOP a 0", "", "[a 1]", ""},
		{"XGROUP CREATE a g $ MKSTREAM", "XREADGROUP GROUP g BLOCK STREAMS a >", "", "*-1", ""},
		{"XGROUP CREATE a g $ MKSTREAM", "XREADGROUP GROUP g c BLOCK 0 STREAMS a 0", "", "[[a []]]", ""},
		{"", "XREADGROUP GROUP g c BLOCK 0 STREAMS a >", "", "-NOGROUP No such key 'a' or consumer group 'g' in XREADGROUP with GROUP option", ""},
		{"", "BLPOP a x", "", "-ERR timeout is not a float or out of range", ""},
		{"", "BLPOP a -1", "", "-ERR timeout is negative", ""},
		{"", "BLPOP", "", "-ERR wrong number of arguments for 'blpop' command", ""},
		{"MULTI", "BLPOP a 0", "", "+QUEUED", ""},
	} {
		t.Run(c.before+";"+c.command, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
				one, other := dial(t, r), dial(t, r)
				if c.before != "" {
					one.do(strings.Fields(c.before)...)
				}
				one.send(c.command)
				if c.want != "" {
					if got := one.bulk(); got != c.want {
						t.Errorf("got %s, want %s", got, c.want)
					}
					return
				}
				if n := serve(r); n != 0 {
					t.Errorf("%d are served before there is anything", n)
				}
				other.do(strings.Fields(c.then)...)
				if n := serve(r); n != 1 {
					t.Errorf("%d are served", n)
				}
				if got := one.bulk(); got != c.served {
					t.Errorf("got %s, want %s", got, c.served)
				}
			})
		})
	}
}

// TestWaitsEnd has one wait in vain, and one whose client goes away: neither takes what
// comes afterwards.
func TestWaitsEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		late, gone, other := dial(t, r), dial(t, r), dial(t, r)
		late.do("WATCH", "w")
		late.send("BLPOP a 1.5")
		gone.send("BLPOP a 0")
		gone.hangUp()
		began := time.Now()
		if got := late.line(); got != "*-1" || time.Since(began) != 1500*time.Millisecond {
			t.Errorf("after %s: got %s", time.Since(began), got)
		}
		other.do("RPUSH", "a", "1")
		other.do("SET", "w", "1")
		if n := serve(r); n != 0 {
			t.Errorf("%d are served", n)
		}
		late.do("MULTI")
		if got := late.do("EXEC"); got != "*-1" {
			t.Errorf("what was watched before the wait is forgotten: got %s", got)
		}
		late.send("BLPOP b 0") // until Redis is closed
	})
}
