package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wappasim/sim"
	"wappasim/sim/web"
)

// quitter is a bot that ends by itself.
type quitter struct {
	*keeper
	after time.Duration
}

func (q quitter) Run(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-time.After(q.after):
	}
	return nil
}

// TestTalkOutlivesAFailedRestart has worlds that cannot begin, or that break while the talk is
// taken again: the talk is there for the next try.
func TestTalkOutlivesAFailedRestart(t *testing.T) {
	const good, fails, quits = 0, 1, 2
	var mode atomic.Int32
	c := serve(t, web.Config{Seed: 7, Options: []sim.Option{sim.Latency(20 * time.Millisecond)}, Bot: func(env sim.Env) (sim.App, error) {
		app, err := newKeeper(env)
		switch mode.Load() {
		case fails:
			return nil, errors.New("no bot today")
		case quits:
			return quitter{app.(*keeper), 5 * time.Second}, err
		}
		return app, err
	}})
	c.say("Ana", "one")
	c.must("POST", "/_sim/time", `{"advance":"20s"}`)
	c.say("Ben", "two")
	before, steps := c.must("GET", "/_sim/keep?as=trace", ""), c.must("GET", "/_sim/steps", "")
	for run, failure := range []struct {
		mode int32
		why  string
	}{{fails, "no bot today"}, {quits, "take step 3 again: sim: the bot's Run returned by itself"}} {
		mode.Store(failure.mode)
		status, text := c.do("POST", "/_sim/restart", `{"seed":8,"to":4}`)
		if status != http.StatusConflict || !strings.Contains(text, failure.why) {
			t.Errorf("got %d %s", status, text)
		}
		if got := c.must("GET", "/_sim/steps", ""); got != steps {
			t.Errorf("of the steps\n%s are left\n%s", steps, got)
		}
		if s := c.state(); s.Seed != 7 || s.Steps != 4 || len(s.People) != 2 || s.Run != run+2 || s.Events != 0 || !strings.Contains(s.Broken, failure.why) {
			t.Errorf("got %+v", s)
		}
		if status, text := c.do("POST", "/_sim/time", `{"advance":"1s"}`); status != http.StatusConflict || !strings.Contains(text, failure.why) {
			t.Errorf("got %d %s", status, text)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		if all, err := c.stream(ctx, "/_sim/events", "", func(m message) bool { return m.id != "" }); err == nil {
			t.Errorf("a world that is not there has events: %+v", all)
		} else if len(all) == 0 || !strings.Contains(all[0].data, fmt.Sprintf(`"run":%d`, run+2)) {
			t.Errorf("the stream is %+v", all)
		}
		cancel()
	}
	mode.Store(good)
	c.must("POST", "/_sim/restart", `{"to":4}`)
	if after := c.must("GET", "/_sim/keep?as=trace", ""); after != before {
		t.Errorf("the trace is another:\n%s\nit was\n%s", after, before)
	}
}
