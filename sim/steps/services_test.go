package steps_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cucumber/godog"

	"wappasim/sim"
	"wappasim/sim/steps"
)

// clerk is a bot that takes payments, and has a language model answer everything else. It
// tries again every ten seconds.
type clerk struct {
	echo
	stop chan struct{} // closed when Run returns
}

func newClerk(env sim.Env) (sim.App, error) { return clerk{echo{Env: env}, make(chan struct{})}, nil }

func (c clerk) Run(ctx context.Context) error {
	defer close(c.stop)
	<-ctx.Done()
	return nil
}

func (c clerk) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
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
		if c.serve(m.From, m.Text.Body) {
			continue
		}
		again := time.NewTicker(10 * time.Second)
		go func() {
			defer again.Stop()
			for {
				select {
				case <-c.stop:
					return
				case <-again.C:
				}
				if c.serve(m.From, m.Text.Body) {
					return
				}
			}
		}()
	}
}

// serve tells whether somebody was served.
func (c clerk) serve(user, text string) bool {
	if amount, ok := strings.CutPrefix(text, "pay "); ok {
		_, ok := c.post("https://pay.example.com/payments?key=secret", map[string]any{"amount": amount})
		if ok {
			c.tell(user, "paid")
		}
		return ok
	}
	answer, ok := c.post("https://api.openai.com/v1/chat/completions", map[string]any{"model": "m", "messages": []any{map[string]string{"role": "user", "content": text}}})
	var completion struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if !ok || json.Unmarshal(answer, &completion) != nil {
		return false
	}
	if completion.Choices[0].Message.Content == "" {
		completion.Choices[0].Message.Content = "No answer."
	}
	c.tell(user, completion.Choices[0].Message.Content)
	return true
}

func (c clerk) tell(user, text string) {
	c.post(c.GraphURL+"/"+c.PhoneNumberID+"/messages", map[string]any{"messaging_product": "whatsapp", "to": user, "type": "text", "text": map[string]string{"body": text}})
}

// post sends JSON; ok is false without an answer of 200.
func (c clerk) post(url string, content any) (answer []byte, ok bool) {
	body, _ := json.Marshal(content)
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, false
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, false
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return answer, err == nil && resp.StatusCode == http.StatusOK
}

// playClerk plays scenarios with the clerk, whose payments are always taken.
func playClerk(options *godog.Options) (status int, out string) {
	var printed bytes.Buffer
	options.Format, options.Output, options.Strict, options.NoColors = "progress", &printed, true, true
	status = godog.TestSuite{Options: options, ScenarioInitializer: func(sc *godog.ScenarioContext) {
		steps.Register(sc, newClerk, sim.Service("https://pay.example.com", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	}}.Run()
	return status, printed.String()
}

func TestServices(t *testing.T) {
	if status, out := playClerk(&godog.Options{Paths: []string{"testdata/services"}}); status != 0 || !strings.Contains(out, "5 scenarios (5 passed)") {
		t.Errorf("status %d\n%s", status, out)
	}
}

// TestServiceStepsFail plays each step where it is wrong.
func TestServiceStepsFail(t *testing.T) {
	const withModel = "Given there is a language model at https://api.openai.com\nGiven the language model answers \"Yes.\"\n"
	for steps, want := range map[string]string{
		"Then the service pay.example.com was called 2 times":                                                           "it was called 1 times:\n  bot 1 POST /payments, answered 200",
		"Then the service pay.example.com was not called":                                                               "it was called 1 times",
		"Then the service pay.example.com was called with GET /payments":                                                "it was called with:\n  bot 1 POST /payments",
		"Then the service pay.example.com was sent:\n\"\"\"\nCHF\n\"\"\"":                                               `it was sent no "CHF":`,
		"Then the service pay.example.org was not called":                                                               `there is no service "pay.example.org"`,
		"When the service pay.example.org answers 503":                                                                  `there is no service "pay.example.org"`,
		"When there is a language model at https://api.openai.com":                                                      "this step must come before what people do",
		"When the language model answers \"Yes.\"":                                                                      "say first where",
		withModel + "When Ana says \"one\"\nThen the language model was asked \"two\"":                                  `it was asked "one"`,
		withModel + "Then the language model was asked \"two\"":                                                         "it was asked nothing",
		withModel + "Given there is a language model at https://api.example.com":                                        "there is a language model already",
		withModel + "When Ana says \"one\"\nThen the service api.openai.com was sent:\n\"\"\"\n\"temperature\"\n\"\"\"": `it was sent no "\"temperature\""`,
		withModel + "Then the service api.openai.com was sent:\n\"\"\"\nx\n\"\"\"":                                      "it was not called",
	} {
		if !strings.HasPrefix(steps, "Given") {
			steps = "When Ana says \"pay 5\"\n" + steps
		}
		feature := godog.Feature{Name: "a.feature", Contents: fmt.Appendf(nil, "Feature: a\nScenario: b\n%s\n", steps)}
		if status, out := playClerk(&godog.Options{FeatureContents: []godog.Feature{feature}}); status != 1 || !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%s\nstatus %d, want %s\n%s", steps, status, want, out)
		}
	}
}
