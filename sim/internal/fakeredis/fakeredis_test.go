package fakeredis_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/internal/fakeredis"
)

// client sends commands and reads what comes back for each, as Redis writes it.
type client struct {
	t      *testing.T
	conn   io.Writer
	in     *bufio.Reader
	hangUp func()
}

func dial(t *testing.T, r *fakeredis.Redis) client {
	t.Helper()
	answers, out := io.Pipe()
	commands, in := io.Pipe()
	c := r.Connect(out)
	go func() {
		var reader fakeredis.CommandReader
		for buf := make([]byte, 4096); ; {
			n, err := commands.Read(buf)
			if err != nil {
				return
			}
			c.Do(reader.Read(buf[:n]))
		}
	}()
	t.Cleanup(func() { c.Close(); in.Close(); answers.Close() })
	return client{t, in, bufio.NewReader(answers), c.Close}
}

// do sends a command and returns the first line of the answer.
func (c client) do(args ...string) string {
	c.t.Helper()
	if _, err := fmt.Fprintf(c.conn, "*%d\r\n", len(args)); err != nil {
		c.t.Fatal(err)
	}
	for _, arg := range args {
		if _, err := fmt.Fprintf(c.conn, "$%d\r\n%s\r\n", len(arg), arg); err != nil {
			c.t.Fatal(err)
		}
	}
	return c.line()
}

func (c client) line() string {
	c.t.Helper()
	line, err := c.in.ReadString('\n')
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.TrimSuffix(line, "\r\n")
}

func inBubble(t *testing.T, f func(t *testing.T, r *fakeredis.Redis)) {
	synctest.Test(t, func(t *testing.T) {
		r, err := fakeredis.New(1, fakeredis.Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		f(t, r)
	})
}

// TestAllOfRedisTimeMovesTogether looks at TTLs, TIME and EXPIREAT after each
// other's moves.
func TestAllOfRedisTimeMovesTogether(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		c := dial(t, r)
		c.do("SET", "k", "v", "PX", "15000")
		time.Sleep(10 * time.Second)
		if got := c.do("PTTL", "k"); got != ":5000" {
			t.Errorf("PTTL: got %s", got)
		}
		if got := c.do("TIME"); got != "*2" {
			t.Fatalf("TIME: got %s", got)
		}
		c.line()
		if got, want := c.line(), fmt.Sprint(time.Now().Unix()); got != want {
			t.Errorf("TIME: got %s, want %s", got, want)
		}
		c.line()
		c.line()
		c.do("PEXPIREAT", "k", fmt.Sprint(time.Now().Add(2*time.Second).UnixMilli()))
		if got := c.do("PTTL", "k"); got != ":2000" {
			t.Errorf("PTTL after PEXPIREAT: got %s", got)
		}
		time.Sleep(2 * time.Second)
		if got := c.do("EXISTS", "k"); got != ":0" {
			t.Errorf("EXISTS: got %s", got)
		}
	})
}

// TestSnapshotKeepsAllTypes restores keys of each type, with what is left of their
// TTLs, and forgets the configuration.
func TestSnapshotKeepsAllTypes(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		c := dial(t, r)
		for _, command := range []string{"SET string v PX 10000", "SET gone v PX 1000", "HSET hash a 1", "RPUSH list a b", "SADD set a", "ZADD zset 1 a", "CONFIG SET notify-keyspace-events Ex"} {
			if got := c.do(strings.Fields(command)...); strings.HasPrefix(got, "-") {
				t.Fatalf("%s: got %s", command, got)
			}
		}
		time.Sleep(500 * time.Millisecond)
		snapshot := r.Snapshot()
		time.Sleep(time.Second)
		r.Restore(fakeredis.Snapshot{})
		if keys := r.Keys(); len(keys) != 0 {
			t.Errorf("an empty snapshot: got %+v", keys)
		}
		r.Restore(snapshot)
		for command, want := range map[string]string{
			"PTTL string": ":8500", "EXISTS gone": ":0", "HLEN hash": ":1", "LLEN list": ":2", "SCARD set": ":1", "ZCARD zset": ":1",
		} {
			if got := c.do(strings.Fields(command)...); got != want {
				t.Errorf("%s: got %s, want %s", command, got, want)
			}
		}
		if at, ok := r.Next(); ok {
			t.Errorf("after a restart %s is announced, without anybody having configured it", at)
		}
	})
}

// TestCommandsAreFoundInPieces reads a stream of commands that comes byte by byte,
// and one that comes at once.
func TestCommandsAreFoundInPieces(t *testing.T) {
	const stream = "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\n\r\n\r\n"
	var piecewise, atOnce fakeredis.CommandReader
	var found []string
	for i := range len(stream) {
		for _, c := range piecewise.Read([]byte(stream[i : i+1])) {
			found = append(found, c.Text)
		}
	}
	if got := strings.Join(found, "|"); got != "|GET k|SET k \r\n" {
		t.Errorf("piece by piece: got %q", got)
	}
	commands := atOnce.Read([]byte(stream))
	if len(commands) != 3 || !commands[0].Greeting || commands[1].Greeting || commands[2].All() != "SET k \r\n" {
		t.Errorf("at once: got %+v", commands)
	}
	if !fakeredis.IsGreeting([]byte(stream)) || fakeredis.IsGreeting([]byte(stream[strings.Index(stream, "*2\r\n$3"):])) {
		t.Error("HELLO is a greeting, and GET is none")
	}
}
