package steps_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"wappasim/sim"
	"wappasim/sim/steps"
)

// echo is a bot that sends each text back, and again when each pause is over.
type echo struct {
	sim.Env
	pauses []time.Duration
}

func newBot(env sim.Env) (sim.App, error) { return echo{Env: env}, nil }

func (e echo) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var webhook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From string
						Text struct{ Body string }
					}
				}
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&webhook) != nil {
		return
	}
	for _, m := range webhook.Entry[0].Changes[0].Value.Messages {
		e.send(m.From, m.Text.Body)
		for i, pause := range e.pauses {
			time.AfterFunc(pause, func() { e.send(m.From, fmt.Sprintf("%s (%d)", m.Text.Body, i+2)) })
		}
	}
}

func (e echo) send(to, text string) {
	body := fmt.Sprintf(`{"messaging_product": "whatsapp", "to": %q, "type": "text", "text": {"body": %q}}`, to, text)
	req, err := http.NewRequest(http.MethodPost, e.GraphURL+"/"+e.PhoneNumberID+"/messages", strings.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+e.Token)
	if resp, err := e.HTTP.Do(req); err == nil {
		_ = resp.Body.Close()
	}
}

func (echo) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func Example() {
	suite := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) { steps.Register(sc, newBot) },
		Options:             &godog.Options{Format: "progress", Output: io.Discard, Strict: true, Paths: []string{"testdata/features"}},
	}
	status := suite.Run()
	fmt.Println("godog's exit status:", status)
	// Output: godog's exit status: 0
}
