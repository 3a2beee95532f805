package steps_test

import (
	"context"
	"encoding/json"
	"errors"
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

// A step of your own does what people do in the world of its scenario. The options are
// those of the world.
func ExampleWorld() {
	initialize := func(sc *godog.ScenarioContext) {
		steps.Register(sc, newBot, sim.Start(time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC)))
		sc.When(`^(\S+) insists on "([^"]*)"$`, func(ctx context.Context, who, text string) error {
			w, err := steps.World(ctx)
			if err != nil {
				return err
			}
			return errors.Join(w.Say(who, text), w.Wait(time.Minute), w.Say(who, text))
		})
	}
	feature := godog.Feature{Name: "insist.feature", Contents: []byte(`Feature: insisting
  Scenario: twice
    When Ana insists on "pizza"
    Then Ana receives exactly:
      | at       | with  |
      | 18:00:00 | pizza |
      | 18:01:00 | pizza |
`)}
	suite := godog.TestSuite{
		ScenarioInitializer: initialize,
		Options:             &godog.Options{Format: "progress", Output: io.Discard, Strict: true, FeatureContents: []godog.Feature{feature}},
	}
	fmt.Println("godog's exit status:", suite.Run())
	// Output: godog's exit status: 0
}
