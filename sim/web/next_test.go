package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/web"
)

// asker is a bot that asks Redis again and again whether there is work, and never has any.
type asker struct {
	redis *redis.Client
	pause time.Duration
}

func newAsker(env sim.Env) (sim.App, error) {
	return &asker{redis.NewClient(env.Redis.Simple()), 5 * time.Second}, nil
}

// newBusy is newAsker for a bot that fills the trace a hundred times as fast.
func newBusy(env sim.Env) (sim.App, error) {
	return &asker{redis.NewClient(env.Redis.Simple()), 50 * time.Millisecond}, nil
}

func (a *asker) Close() error                                 { return a.redis.Close() }
func (a *asker) ServeHTTP(http.ResponseWriter, *http.Request) {}
func (a *asker) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(a.pause):
			_ = a.redis.LLen(ctx, "work").Err() // the next time it may be there
		}
	}
}

// TestNothingIsNext asks for the next event of worlds where nothing is due: no time passes, and
// nothing comes into the trace. What a bot does with a timer of its own is found.
func TestNothingIsNext(t *testing.T) {
	for name, cfg := range map[string]web.Config{"idle": {}, "polls": {Bot: newAsker}} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, cfg)
			c.say("Ana", "one")
			c.must("POST", "/_sim/time", `{"advance":"2h"}`)
			before := c.state()
			status, text := c.do("POST", "/_sim/time", `{"to":"next"}`)
			if status != http.StatusConflict || !strings.Contains(text, "nothing is due within 1 day") || !strings.Contains(text, "the time stays where it is") {
				t.Errorf("got %d %s", status, text)
			}
			if after := c.state(); !after.Now.Equal(before.Now) || after.Events != before.Events {
				t.Errorf("it is %s with %d events, and was %s with %d", after.Now, after.Events, before.Now, before.Events)
			}
		})
	}
	c := serve(t, web.Config{})
	c.say("Ana", "one")
	c.must("POST", "/_sim/time", `{"to":"next"}`)
	if got := c.texts("Ana"); len(got) != 1 {
		t.Errorf("Ana has got %q", got)
	}
}

// TestWhatsAppsNextIsListed has a webhook that is cut off: WhatsApp will deliver it again.
func TestWhatsAppsNextIsListed(t *testing.T) {
	c := serve(t, web.Config{Options: []sim.Option{sim.Redelivery(time.Hour)}})
	c.must("POST", "/_sim/faults", `{"sentence":"the next webhook is cut off"}`)
	c.do("POST", "/_fakewa/users/Ana/messages", `{"type":"text","text":{"body":"one"}}`)
	var next struct {
		Now       time.Time
		Scheduled []struct {
			At         time.Time
			What, Text string
		}
	}
	if err := json.Unmarshal([]byte(c.must("GET", "/_sim/next", "")), &next); err != nil {
		t.Fatal(err)
	}
	for _, due := range next.Scheduled {
		if due.What == "webhook again" && strings.HasPrefix(due.Text, "attempt 2, messages of +") && due.At.After(next.Now) {
			return
		}
	}
	t.Errorf("scheduled is %+v", next.Scheduled)
}
