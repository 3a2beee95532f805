package fakeredis_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"

	"wappasim/sim/internal/fakeredis"
)

// timed draws a command about times and keys. None is a SET with a time that has passed:
// miniredis then keeps the TTL, and gives it to the key when that is made again.
func timed(draw *rand.Rand) []string {
	key := []string{"a", "b", "c"}[draw.IntN(3)]
	ms := func() string { return fmt.Sprint(draw.IntN(60) - 3) }
	from := func(unit time.Duration, least int) string {
		return fmt.Sprint(time.Now().UnixNano()/int64(unit) + int64(draw.IntN(50)+least))
	}
	commands := [][]string{
		{"SET", key, "v", "PX", ms()}, {"SET", key, "PX", "NX", "px", ms()}, {"SET", key, "v", "XX", "PX", ms()}, {"SET", key, "v", "KEEPTTL"}, {"SET", key, "v"}, {"SET", key, "v", "PX", "x"}, {"SET", key, "v", "PX"},
		{"SET", key, "v", "EX", fmt.Sprint(draw.IntN(3) - 1)}, {"SET", key, "v", "PXAT", from(time.Millisecond, 1)}, {"SET", key, "v", "EXAT", from(time.Second, 1)}, {"SET", key, "v", "PX", "5", "EX", "1"},
		{"PEXPIRE", key, ms()}, {"PEXPIRE", key, ms(), "NX"}, {"PEXPIRE", key, ms(), "XX"}, {"PEXPIRE", key, ms(), "GT"}, {"PEXPIRE", key, ms(), "LT"}, {"PEXPIREAT", key, from(time.Millisecond, -10)}, {"EXPIRE", key, "1"}, {"EXPIREAT", key, from(time.Second, -10)},
		{"PSETEX", key, ms(), "v"}, {"SETEX", key, "1", "v"}, {"GETEX", key, "PX", ms()}, {"PERSIST", key}, {"DEL", key}, {"RENAME", key, "a"}, {"COPY", key, "b"}, {"MOVE", key, "1"}, {"APPEND", key, "x"}, {"HSET", "h", "f", "1"}, {"HEXPIRE", "h", "1", "FIELDS", "1", "f"},
		{"GET", key}, {"EXISTS", key}, {"TTL", key}, {"PTTL", key}, {"PEXPIRETIME", key}, {"KEYS", "*"}, {"TIME"}, {"HGETALL", "h"}, {"SELECT", fmt.Sprint(draw.IntN(2))},
		{"MULTI"}, {"EXEC"}, {"EXEC"},
		{"EVAL", "redis.call('SET', KEYS[1], 'v', 'PX', ARGV[1]) return redis.call('GET', KEYS[1])", "1", key, ms()},
		{"EVAL", "redis.call('SET', KEYS[1], 'v', 'PXAT', ARGV[1]) return redis.call('EXISTS', KEYS[1])", "1", key, from(time.Millisecond, 1)},
		{"EVAL", "redis.call('PEXPIRE', KEYS[1], ARGV[1]) return redis.call('PTTL', KEYS[1])", "1", key, ms()},
		{"EVAL", "redis.call('SELECT', 1) return redis.call(ARGV[1], KEYS[1], ARGV[2])", "1", key, "PEXPIRE", ms()},
		{"EVAL", "local c = redis.call local x = 'GET' c('SELECT', 1) return c('PTTL', KEYS[1])", "1", key},
		{"EVAL", "local t = {redis.call, 'GET'} return t[1]('PTTL', KEYS[1])", "1", key},
		{"EVAL", "return redis.call('EXPIRE', KEYS[1], 1)", "1", key},
		{"EVAL", "x = 1 return redis.call('PEXPIRE', KEYS[1], 3)", "1", key},
		{"EVAL", "local r = redis return r.call('PTTL', KEYS[1])", "1", key},
	}
	return commands[draw.IntN(len(commands))]
}

// TestTimeMovesAsIfAtEachStep plays random commands, with pauses of whole milliseconds and
// others, on a Redis of ours and on a miniredis whose time is moved before each command. The
// answers are the same, and so is what expires next.
func TestTimeMovesAsIfAtEachStep(t *testing.T) {
	for seed := range uint64(150) {
		synctest.Test(t, func(t *testing.T) {
			draw := rand.New(rand.NewPCG(seed, 0))
			r, err := fakeredis.New(1, fakeredis.Hooks{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(r.Close)
			m := miniredis.NewMiniRedis()
			t.Cleanup(m.Close)
			m.SetTime(time.Now().UTC())
			conn, err := m.Dial()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			ours, theirs, listener := dial(t, r), client{t, conn, bufio.NewReader(conn), nil}, dial(t, r)
			listener.all("CONFIG", "SET", "notify-keyspace-events", "Ex")
			listener.all("SUBSCRIBE", "__keyevent@1__:expired")
			var played []string
			for range 150 {
				pause := time.Duration(draw.IntN(4)) * time.Duration(draw.IntN(6)) * time.Millisecond
				if seed%3 == 0 {
					pause += time.Duration(draw.IntN(1000)) * time.Microsecond
				}
				time.Sleep(pause)
				m.SetTime(time.Now().UTC())
				m.FastForward(pause)
				command := timed(draw)
				played = append(played, fmt.Sprintf("%s %q", time.Now().Format("05.000000"), command))
				if got, want := withoutTrace(ours.all(command...)), withoutTrace(theirs.all(command...)); got != want {
					t.Fatalf("seed %d:\n%s\n got %s\nwant %s", seed, strings.Join(played, "\n"), got, want)
				}
				var next time.Duration
				for _, key := range m.DB(1).Keys() {
					if ttl := m.DB(1).TTL(key); ttl > 0 && (next == 0 || ttl < next) {
						next = ttl
					}
				}
				e, ok := r.Next()
				if ok != (next > 0) || ok && time.Until(e.At) != next {
					t.Fatalf("seed %d:\n%s\nnext: got %v in %s, want in %s", seed, strings.Join(played, "\n"), e, time.Until(e.At), next)
				}
			}
		})
	}
}

// TestFieldsExpire has a field of a hash expire, which no TTL of a key tells.
func TestFieldsExpire(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		c := dial(t, r)
		c.do("HSET", "h", "f", "1", "g", "2")
		if got := c.all("HEXPIRE", "h", "1", "FIELDS", "1", "f"); got != "*1 (:1)" {
			t.Fatalf("HEXPIRE: got %s", got)
		}
		time.Sleep(999 * time.Millisecond)
		if got := c.do("HLEN", "h"); got != ":2" {
			t.Errorf("before: got %s", got)
		}
		time.Sleep(time.Millisecond)
		if got := c.do("HLEN", "h"); got != ":1" {
			t.Errorf("after: got %s", got)
		}
	})
}
