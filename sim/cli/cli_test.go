package cli_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/cli"
	"wappasim/sim/internal/botsend"
)

// newBot makes a bot that says back what it is told, without Redis.
func newBot(env sim.Env) (sim.App, error) { return bot{env}, nil }

type bot struct{ env sim.Env }

func (bot) Run(ctx context.Context) error { <-ctx.Done(); return nil }

func (b bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, m := range heard(r) {
		if err := b.send(r.Context(), m.From, "You said: "+m.Text.Body); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}
}

// said is a message of a webhook.
type said struct {
	From        string
	Text        struct{ Body string }
	Interactive struct {
		ButtonReply struct{ ID string } `json:"button_reply"`
		ListReply   struct{ ID string } `json:"list_reply"`
	}
}

// heard returns the messages of a webhook.
func heard(r *http.Request) (all []said) {
	var hook struct {
		Entry []struct {
			Changes []struct{ Value struct{ Messages []said } }
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&hook); err != nil {
		panic(err) // the fake's webhooks are JSON
	}
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			all = append(all, change.Value.Messages...)
		}
	}
	return all
}

func (b bot) send(ctx context.Context, to, text string) error {
	return botsend.Send(ctx, b.env, to, "text", map[string]any{"body": text})
}

func main() { cli.Main(newBot) }

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mybot": main, "menubot": func() { cli.Main(newMenu) }, "shopbot": shop})
}

// shop is a program whose worlds begin in 2030, and have a template.
func shop() {
	sale := fakewa.Template{Name: "sale", Language: "en_US", Category: "MARKETING", Components: json.RawMessage(`[{"type":"BODY","text":"All is cheap."}]`)}
	p := cli.Program{Bot: newShop, Options: []sim.Option{
		sim.Start(time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)),
		sim.WhatsApp(func(c *fakewa.Config) { c.Templates = []fakewa.Template{sale} }),
	}}
	os.Exit(p.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// newShop makes a bot that answers with its template.
func newShop(env sim.Env) (sim.App, error) { return seller{bot{env}}, nil }

type seller struct{ bot }

func (s seller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, m := range heard(r) {
		if err := botsend.Send(r.Context(), s.env, m.From, "template", object{"name": "sale", "language": object{"code": "en_US"}}); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}
}

// TestMainOfAnybody runs the program of a bot that is not this project's.
func TestMainOfAnybody(t *testing.T) { testscript.Run(t, testscript.Params{Dir: "testdata"}) }
