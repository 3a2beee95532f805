package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/web"
)

// TestStreamOfAnotherProcess has a reader come back to a server that was started anew: the
// numbers of the old one mean nothing, and the world says which process it is of.
func TestStreamOfAnotherProcess(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	says := func(m message) bool { return m.id != "" }
	var processes []string
	read := func(c client, lastID string) string {
		all, err := c.stream(ctx, "/_sim/events?what=says", lastID, says)
		if err != nil {
			t.Fatal(err)
		}
		var world struct{ Process string }
		if err := json.Unmarshal([]byte(all[0].data), &world); err != nil || all[0].event != "world" {
			t.Fatalf("got %+v, %v", all[0], err)
		}
		id := all[len(all)-1].id
		if world.Process == "" || !strings.HasSuffix(id, "-"+world.Process) {
			t.Errorf("the id of an event is %q, the process %q", id, world.Process)
		}
		processes = append(processes, world.Process)
		return id
	}
	old := serve(t, web.Config{})
	for _, text := range []string{"one", "two", "three"} {
		old.say("Ana", text)
	}
	first := read(old, "")
	if second := read(old, first); second == first {
		t.Errorf("%s comes again", first)
	}
	anew := serve(t, web.Config{})
	anew.say("Ana", "one")
	number, _, _ := strings.Cut(first, ".")
	read(anew, number+".15000-"+processes[0]) // else it waits until the test is over
	if processes[0] != processes[1] || processes[1] == processes[2] {
		t.Errorf("the processes are %q", processes)
	}
}

// waiter is a bot that waits in Redis for what it gives out when somebody writes.
type waiter struct {
	*keeper
	queue *redis.Client
}

func newWaiter(env sim.Env) (sim.App, error) {
	app, err := newKeeper(env)
	return &waiter{app.(*keeper), redis.NewClient(env.Redis.Simple())}, err
}

func (w *waiter) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		_ = w.queue.BLPop(ctx, time.Minute, "given").Err()
	}
	return nil
}

func (w *waiter) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.keeper.ServeHTTP(out, r)
	_ = w.queue.RPush(r.Context(), "given", "all of it").Err()
}

func (w *waiter) Close() error { _ = w.queue.Close(); return w.keeper.Close() }

// TestStreamHasLateAnswers reads a command that waits in Redis, and then its answer.
func TestStreamHasLateAnswers(t *testing.T) {
	c := serve(t, web.Config{Bot: newWaiter})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	waiting := 0 // the number of the command
	all, err := c.stream(ctx, "/_sim/events?what=commands", "", func(m message) bool {
		found := events([]message{m})
		if len(found) == 0 || !strings.HasPrefix(strings.ToUpper(found[0].Text), "BLPOP GIVEN") {
			return false
		}
		if waiting == 0 && found[0].Answer == "" {
			waiting = found[0].N
			go c.say("Ana", "one")
		}
		return found[0].N == waiting && strings.Contains(found[0].Answer, "all of it")
	})
	if err != nil {
		t.Fatalf("%v: got %+v", err, all)
	}
	if late := all[len(all)-1]; late.id != "" { // a client that comes back has what came since
		t.Errorf("the answer comes with %+v", late)
	}
}

// taker is a client that notes how much it is sent at once, and how long it may take for it.
type taker struct {
	*httptest.ResponseRecorder
	largest, undated int
	deadline         time.Time
	gone             context.CancelFunc
	enough           int // bytes
}

func (w *taker) SetWriteDeadline(at time.Time) error { w.deadline = at; return nil }
func (w *taker) Flush()                              {}

func (w *taker) Write(b []byte) (int, error) {
	w.largest = max(w.largest, len(b))
	if !w.deadline.After(time.Now()) {
		w.undated++
	}
	if w.deadline = (time.Time{}); w.enough <= len(b) {
		w.gone()
	}
	w.enough -= len(b)
	return len(b), nil
}

// TestStreamOfALongTraceIsInParts has a client take a megabyte: nobody keeps it for a client
// that takes nothing, and nobody waits for that one for ever.
func TestStreamOfALongTraceIsInParts(t *testing.T) {
	s, err := web.New(web.Config{Bot: newAsker})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	do := func(w http.ResponseWriter, ctx context.Context, method, path, body string) {
		s.ServeHTTP(w, httptest.NewRequestWithContext(ctx, method, "http://localhost"+path, strings.NewReader(body)))
	}
	moved := httptest.NewRecorder()
	if do(moved, t.Context(), "POST", "/_sim/time", `{"advance":"12h"}`); moved.Code != http.StatusOK {
		t.Fatalf("got %s", moved.Body)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w := &taker{ResponseRecorder: httptest.NewRecorder(), gone: cancel, enough: 1 << 20}
	do(w, ctx, "GET", "/_sim/events", "")
	if w.largest > 128<<10 || w.undated > 0 || w.enough > 0 {
		t.Errorf("%d bytes at once, %d parts for which a client may take as long as it likes, %d bytes are missing", w.largest, w.undated, w.enough)
	}
	if accel := w.Header().Get("X-Accel-Buffering"); accel != "no" {
		t.Errorf("a proxy may hold it back: %q", accel)
	}
	head := httptest.NewRecorder() // returns
	if do(head, t.Context(), "HEAD", "/_sim/events", ""); head.Code != http.StatusOK || head.Body.Len() > 0 {
		t.Errorf("HEAD: got %d %s", head.Code, head.Body)
	}
}
