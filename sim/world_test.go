package sim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/fakewa"
	"wappasim/sim"
)

// TestWrongCallsSayWhatIsWrong wants an error, not a panic or silence.
func TestWrongCallsSayWhatIsWrong(t *testing.T) {
	if _, err := sim.New(nil); err == nil || !strings.Contains(err.Error(), "factory is nil") {
		t.Errorf("got %v", err)
	}
	w := world(t, ticker)
	if err := w.Say("", "hello"); err == nil || !strings.Contains(err.Error(), "no sender") {
		t.Errorf("got %v", err)
	}
	if err := w.Tap("Ana", "Pizza"); err == nil || !strings.Contains(err.Error(), `tap "Pizza"`) {
		t.Errorf("got %v", err)
	}
}

// TestWorldRunsWithoutATest plays a world as programs outside of go test do.
func TestWorldRunsWithoutATest(t *testing.T) {
	w, err := sim.New(ticker, sim.WhatsApp(unprompted))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(3 * time.Second); err != nil {
		t.Fatal(err)
	}
	if got := len(w.Inbox("Ana")); got != 3 {
		t.Errorf("got %d messages", got)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// TestWorldsRunSideBySide runs many worlds at once, each used by several goroutines.
func TestWorldsRunSideBySide(t *testing.T) {
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			w, err := sim.New(expiries("__keyevent@3__:expired", "Ex", func(ctx context.Context, c *redis.Client) {
				c.Set(ctx, "k", 1, 2*time.Second)
			}))
			if err != nil {
				t.Error(err)
				return
			}
			var users sync.WaitGroup
			for range 4 {
				users.Go(func() {
					if err := errors.Join(w.Say("Ana", "hello"), w.Wait(time.Second)); err != nil {
						t.Error(err)
					}
				})
			}
			users.Wait()
			if got := len(w.Sent()); got != 1 {
				t.Errorf("got %d messages", got)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			if err := w.Say("Ana", "hello"); err == nil {
				t.Error("the world is closed")
			}
		})
	}
	all.Wait()
}

// TestIDsDependOnTheSeedAlone compares two worlds with the same seed, and one with
// another.
func TestIDsDependOnTheSeedAlone(t *testing.T) {
	ids := func(seed uint64) (ids string) {
		w := world(t, ticker, sim.Seed(seed))
		if err := w.Wait(3 * time.Second); err != nil {
			t.Fatal(err)
		}
		for _, m := range w.Sent() {
			ids += m.ID
		}
		return ids
	}
	if one, again, two := ids(1), ids(1), ids(2); one != again || one == two {
		t.Errorf("got %s, %s and %s", one, again, two)
	}
}

func TestNumbersOfPeople(t *testing.T) {
	w := world(t, ticker)
	for _, test := range [][2]string{
		{"Ana", "+15550000001"}, {"Ben", "+15550000002"}, {"Ana", "+15550000001"}, {"+1 (650) 555-1234", "+16505551234"},
		{"16505551234", "+16505551234"}, {"Cleo", "+15550000003"}, {"US.13491208655302741918", "US.13491208655302741918"},
	} {
		if got := w.Number(test[0]); got != test[1] {
			t.Errorf("%s: got %s, want %s", test[0], got, test[1])
		}
	}
}

// TestTimePassesWhileAWebhookIsHandled has a bot that takes seven seconds.
func TestTimePassesWhileAWebhookIsHandled(t *testing.T) {
	w := world(t, of(app{serve: func(http.ResponseWriter, *http.Request) { time.Sleep(7 * time.Second) }}))
	if err := w.Say("Ana", "hello"); err != nil {
		t.Error(err)
	}
	if got := w.Now().Format("15:04:05"); got != "09:00:07" {
		t.Errorf("it is %s", got)
	}
}

func TestAnswerOtherThan200IsRefused(t *testing.T) {
	w := world(t, of(app{serve: func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not today", http.StatusServiceUnavailable)
	}}))
	err := w.Say("Ana", "hello")
	if refused, ok := errors.AsType[*sim.Refused](err); !ok || refused.Answer.Status != 503 || !strings.Contains(err.Error(), "not today") {
		t.Errorf("got %v", err)
	}
	if err := w.Redeliver("Ben"); err == nil {
		t.Error("Ben has said nothing")
	}
}

func TestWebhooksGoToTheReplicasInTurn(t *testing.T) {
	w := world(t, func(env sim.Env) (sim.App, error) {
		return app{serve: func(_ http.ResponseWriter, r *http.Request) {
			if body, err := io.ReadAll(r.Body); err == nil && strings.Contains(string(body), `"messages":[`) {
				if err := sendText(env, ana, fmt.Sprint("replica ", env.Replica)); err != nil {
					t.Error(err)
				}
			}
		}}, nil
	}, sim.Replicas(2))
	replicas := make(map[string]bool)
	for range 4 {
		if err := w.Say("Ana", "hello"); err != nil {
			t.Error(err)
		}
	}
	for _, m := range w.Sent() {
		replicas[m.Text] = true
	}
	if len(replicas) != 2 {
		t.Errorf("got %v", replicas)
	}
}

// TestWebhooksHaveThePathOfTheirURL sets the path and the number's id with two options.
func TestWebhooksHaveThePathOfTheirURL(t *testing.T) {
	var got []string
	var env sim.Env
	w := world(t, func(given sim.Env) (sim.App, error) {
		env = given
		return app{serve: func(_ http.ResponseWriter, r *http.Request) { got = append(got, r.Host+r.URL.Path) }}, nil
	},
		sim.WhatsApp(func(c *fakewa.Config) { c.WebhookURL = "https://bot.example/whatsapp/hook" }),
		sim.WhatsApp(func(c *fakewa.Config) { c.PhoneNumberID = "12345" }))
	if err := w.Say("Ana", "hello"); err != nil || !slices.Equal(got, []string{"bot.example/whatsapp/hook"}) {
		t.Errorf("got %q, %v", got, err)
	}
	if env.PhoneNumberID != "12345" || env.BotURL != "https://bot.example" {
		t.Errorf("got %s and %s", env.PhoneNumberID, env.BotURL)
	}
	if _, err := sim.New(of(app{}), sim.WhatsApp(func(c *fakewa.Config) { c.WebhookURL = "/hook" })); err == nil || !strings.Contains(err.Error(), `WebhookURL is "/hook"`) {
		t.Errorf("got %v", err)
	}
}
