package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot"
	"wappasim/bot/redistest"
)

const action = bot.Inactivity

func message(id, text string) bot.Message {
	return bot.Message{ID: id, At: time.Date(2026, 1, 5, 10, 30, 45, 0, time.UTC), Type: "text", Text: text}
}

func TestUserCache(t *testing.T) {
	onEachRedis(t, func(t *testing.T, addr string) {
		ctx := context.Background()
		users := newBot(t, config(addr, newGraphAPI())).Users()
		if data, err := users.Get(ctx, "+1"); err != nil || data.Messages != nil || data.Fields != nil {
			t.Errorf("nobody: got %+v, %v", data, err)
		}
		if err := users.Upsert(ctx, "+1", map[string]any{"name": "Ana <3", "age": 7}); err != nil {
			t.Fatal(err)
		}
		awkward := "quotes \" \\ and ,\"n\":9}]} and \u2028 é 👋"
		for i, text := range []string{"one", awkward, "three"} {
			got, err := users.Append(ctx, "1", message(fmt.Sprint("id", i), text), action, 15*time.Second)
			if err != nil || got != (bot.Appended{N: i + 1, New: true, Confirm: true}) {
				t.Errorf("append %d: got %+v, %v", i+1, got, err)
			}
			if i == 1 {
				if err := users.Upsert(ctx, "+1", map[string]any{"age": 8}); err != nil {
					t.Fatal(err)
				}
			}
		}
		data, err := users.Get(ctx, "+1")
		if err != nil {
			t.Fatal(err)
		}
		if len(data.Messages) != 3 || data.Messages[1] != message("id1", awkward) {
			t.Errorf("got %+v", data.Messages)
		}
		if string(data.Fields["name"]) != `"Ana <3"` || string(data.Fields["age"]) != "8" {
			t.Errorf("got %s", data.Fields)
		}
		if ttl, err := users.TTL(ctx, "+1"); err != nil || ttl <= 7*24*time.Hour || ttl > 7*24*time.Hour+15*time.Second {
			t.Errorf("TTL: got %s, %v", ttl, err)
		}
		if err := users.Upsert(ctx, "+1", map[string]any{"messages": nil}); err == nil {
			t.Error("messages were set")
		}
		if err := users.Upsert(ctx, "+1", map[string]any{"f": func() {}}); err == nil || !strings.Contains(err.Error(), `"f"`) {
			t.Errorf("a function: got %v", err)
		}
		if err := users.Delete(ctx, "1"); err != nil {
			t.Fatal(err)
		}
		if ttl, err := users.TTL(ctx, "+1"); err != nil || ttl != 0 {
			t.Errorf("TTL after Delete: got %s, %v", ttl, err)
		}
		if got, err := users.Append(ctx, "+1", message("id9", "anew"), action, time.Second); got.N != 1 || !got.New || err != nil {
			t.Errorf("after Delete: got %+v, %v", got, err)
		}
		if got, err := users.Append(ctx, "+1", message("id0", "one"), action, time.Second); got != (bot.Appended{N: 1}) || err != nil {
			t.Errorf("an id of a session before: got %+v, %v", got, err)
		}
		if got, err := users.Append(ctx, "+1", message("", "without an id"), action, time.Second); got.N != 2 || !got.New || err != nil {
			t.Errorf("without an id: got %+v, %v", got, err)
		}
		if got, err := users.Append(ctx, "+1", message("", "without an id"), action, time.Second); got.N != 3 || !got.New || err != nil {
			t.Errorf("another without an id: got %+v, %v", got, err)
		}
	})
}

// TestAppendIsReadable looks at what redis-cli shows.
func TestAppendIsReadable(t *testing.T) {
	onEachRedis(t, func(t *testing.T, addr string) {
		ctx := context.Background()
		users := newBot(t, config(addr, newGraphAPI())).Users()
		for i, text := range []string{"Hello there!", "How are you?"} {
			if _, err := users.Append(ctx, "+1", message(fmt.Sprint("id", i), text), action, 15*time.Second); err != nil {
				t.Fatal(err)
			}
		}
		client := redis.NewClient(&redis.Options{Addr: addr})
		defer client.Close()
		const want = `{"messages":[{"id":"id0","at":"2026-01-05T10:30:45Z","text":"Hello there!","n":1},` +
			`{"id":"id1","at":"2026-01-05T10:30:45Z","text":"How are you?","n":2}]}`
		if got, err := client.Get(ctx, "wappa:user:+1").Result(); got != want || err != nil {
			t.Errorf("got  %s %v\nwant %s", got, err, want)
		}
		marks := client.Keys(ctx, "wappa:seen:*").Val()
		if len(marks) != 2 {
			t.Errorf("the marks are %q", marks)
		}
		for _, mark := range marks {
			if ttl := client.PTTL(ctx, mark).Val(); ttl > bot.Dedupe || ttl < bot.Dedupe-time.Minute {
				t.Errorf("an id is remembered for %s", ttl)
			}
			if strings.Contains(mark, "id") {
				t.Errorf("the id is in %s", mark)
			}
		}
	})
}

// TestUpsertBesideAppends changes fields while messages are appended: neither is lost.
func TestUpsertBesideAppends(t *testing.T) {
	onEachRedis(t, func(t *testing.T, addr string) {
		ctx := context.Background()
		users := newBot(t, config(addr, newGraphAPI())).Users()
		done := make(chan error, 1)
		go func() {
			for i := range 50 {
				if _, err := users.Append(ctx, "+1", message(fmt.Sprint("id", i), "x"), action, time.Minute); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		upserts := 0
		for i := range 20 {
			err := users.Upsert(ctx, "+1", map[string]any{fmt.Sprint("f", i): i})
			if err == nil {
				upserts++
			} else if !strings.Contains(err.Error(), redis.TxFailedErr.Error()) {
				t.Fatal(err)
			}
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		data, err := users.Get(ctx, "+1")
		if err != nil || len(data.Messages) != 50 || len(data.Fields) != upserts {
			t.Errorf("got %d messages and %d fields of %d, %v", len(data.Messages), len(data.Fields), upserts, err)
		}
	})
}

// lossy breaks the first connection that carries a command, after the server has
// carried the command out and before its answer arrives.
type lossy struct {
	net.Conn
	command string
	losses  *atomic.Int32 // still to come
	lose    bool
}

func (c *lossy) Write(b []byte) (int, error) {
	if strings.Contains(string(b), c.command) && c.losses.Add(-1) >= 0 {
		c.lose = true
	}
	return c.Conn.Write(b)
}

func (c *lossy) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.lose && n > 0 {
		c.Conn.Close()
		return 0, io.EOF
	}
	return n, err
}

// TestLostAnswers loses the answers to the scripts, which go-redis then repeats.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, addr string) {
		ctx := context.Background()
		var losses atomic.Int32
		cfg := config(addr, newGraphAPI())
		cfg.Redis.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			return &lossy{Conn: c, command: "evalsha", losses: &losses}, err
		}
		b := newBot(t, cfg)
		users := b.Users()
		// The first call loads the script; from then on EVALSHA does the work.
		if _, err := users.Append(ctx, "+1", message("a", "one"), action, time.Minute); err != nil {
			t.Fatal(err)
		}
		losses.Store(2)
		got, err := users.Append(ctx, "+1", message("b", "two"), action, time.Minute)
		if err != nil || got != (bot.Appended{N: 2, New: true, Confirm: true}) {
			t.Errorf("got %+v, %v; want the answer that was lost", got, err)
		}
		if losses.Load() >= 0 {
			t.Fatal("no answer was lost: the test tests nothing")
		}
		data, err := users.Get(ctx, "+1")
		if err != nil || len(data.Messages) != 2 {
			t.Errorf("got %+v, %v", data.Messages, err)
		}
		if raw, err := json.Marshal(data.Messages); err != nil || strings.Count(string(raw), "two") != 1 {
			t.Errorf("got %s", raw)
		}
	})
}

// TestLostTake loses the answer to the script that takes a session, and begins its
// history: the history is sent all the same, at once and once.
func TestLostTake(t *testing.T) {
	t.Parallel()
	var losses atomic.Int32
	api := newGraphAPI()
	cfg := config(redistest.Start(t), api)
	cfg.Silence = time.Second
	cfg.Redis.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return &lossy{Conn: c, command: "wappa:batch", losses: &losses}, err
	}
	b := newBot(t, cfg)
	run(t, b)
	for i := range 2 { // the first time the scripts are loaded
		post(b, said("1", fmt.Sprint(i), "hello"))
		losses.Store(int32(2 * i)) // to begin it, and to mark it as sent
		eventually(t, "the history", func() bool { return len(api.texts()) == 2*(i+1) })
		eventually(t, "the end of its firing", func() bool { n, err := b.Timers().Count(t.Context(), action); return err == nil && n.Claimed == 0 })
	}
	if losses.Load() >= 0 {
		t.Fatal("no answer was lost: the test tests nothing")
	}
	if got := api.texts(); len(got) != 4 || !strings.Contains(got[3], "1. [10:30:45] hello") {
		t.Errorf("got %q", got)
	}
}

// TestHalfAppend takes from the bot what the script needs halfway: what was not
// acknowledged is stored when it is redelivered, and has a timer.
func TestHalfAppend(t *testing.T) {
	ctx := context.Background()
	addr := redistest.Start(t)
	admin := redis.NewClient(&redis.Options{Addr: addr})
	timers := redis.NewClient(&redis.Options{Addr: addr, DB: 3})
	defer admin.Close()
	defer timers.Close()
	for _, right := range []string{"select", "set", "zadd"} {
		if err := admin.FlushAll(ctx).Err(); err != nil {
			t.Fatal(err)
		}
		cfg := config(addr, newGraphAPI())
		cfg.Redis.Username, cfg.Redis.Password = "bot", "pw"
		if err := admin.Do(ctx, "ACL", "SETUSER", "bot", "on", ">pw", "~*", "&*", "+@all", "-"+right).Err(); err != nil {
			t.Fatal(err)
		}
		b := newBot(t, cfg)
		if w := post(b, said("1", "a", "hello")); w.Code != 503 {
			t.Errorf("without %s: got %d", right, w.Code)
		}
		if err := admin.Do(ctx, "ACL", "SETUSER", "bot", "+"+right).Err(); err != nil {
			t.Fatal(err)
		}
		if w := post(b, said("1", "a", "hello")); w.Code != 200 {
			t.Errorf("with %s again: got %d", right, w.Code)
		}
		if got := admin.Get(ctx, "wappa:user:+1").Val(); !strings.Contains(got, "hello") {
			t.Errorf("%s: stored: %s", right, got)
		}
		if got := timers.Exists(ctx, "wappa:EXPTRIGGER:user_inactivity:+1").Val(); got != 1 {
			t.Errorf("%s: there is no trigger", right)
		}
		if err := admin.ZScore(ctx, "wappa:deadlines:user_inactivity", "+1").Err(); err != nil {
			t.Errorf("%s: there is no deadline: %v", right, err)
		}
	}
}
