package steps_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/fakewa/call"
	"wappasim/sim"
	"wappasim/sim/steps"
)

// receptionist is a bot that answers calls after 5 seconds and says afterwards how long they
// lasted, and that answers in the group in which it was spoken to.
type receptionist struct{ echo }

func newReceptionist(env sim.Env) (sim.App, error) { return receptionist{echo{Env: env}}, nil }

// lazy is a receptionist that is at lunch.
type lazy struct{ receptionist }

func (lazy) ServeHTTP(http.ResponseWriter, *http.Request) {}

func newLazy(env sim.Env) (sim.App, error) { return lazy{receptionist{echo{Env: env}}}, nil }

func (b receptionist) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var webhook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Calls []struct {
						ID, Event, Direction, From string
						Duration                   *int
					}
					Messages []struct {
						From    string
						GroupID string `json:"group_id"`
						Text    struct{ Body string }
					}
				}
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&webhook) != nil {
		return
	}
	value := webhook.Entry[0].Changes[0].Value
	for _, c := range value.Calls {
		switch {
		case c.Event == "connect" && c.Direction == "USER_INITIATED":
			time.AfterFunc(5*time.Second, func() {
				b.post("calls", `{"messaging_product":"whatsapp","action":"accept","call_id":"`+c.ID+`","session":{"sdp_type":"answer","sdp":"v=0"}}`)
			})
		case c.Event == "terminate" && c.Duration != nil && c.From != "15550783881":
			b.send(c.From, fmt.Sprintf("You called for %d seconds.", *c.Duration))
		}
	}
	for _, m := range value.Messages {
		if m.GroupID != "" {
			b.post("messages", fmt.Sprintf(`{"messaging_product":"whatsapp","recipient_type":"group","to":%q,"type":"text","text":{"body":%q}}`, m.GroupID, "Noted: "+m.Text.Body))
		}
	}
}

func (b receptionist) post(edge, body string) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, b.GraphURL+"/"+b.PhoneNumberID+"/"+edge, strings.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+b.Token)
	if resp, err := b.HTTP.Do(req); err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

// TestPeopleCall plays the steps about calls.
func TestPeopleCall(t *testing.T) {
	report, status := play(t, `Feature: f

  Scenario: Ana calls, and the bot answers
    Given the business takes calls
    When Ana calls the business
    Then the call with Ana is ringing
    When 10 seconds pass
    Then the call with Ana is live
    When 2 minutes pass
    And Ana hangs up
    Then Ana receives a text that matches "You called for 12\d seconds."
    And the call with Ana is over

  Scenario: permission to call
    Given the business takes calls
    When the business calls Ana
    Then WhatsApp refuses it with 138006
    When Ana says "hi"
    And the business asks Ana whether it may call
    Then WhatsApp takes it
    When the business asks Ana whether it may call
    Then WhatsApp refuses it with 138009
    When Ana refuses calls
    And the business calls Ana
    Then WhatsApp refuses it with 138006
    When Ana allows calls for a week
    And the business calls Ana
    Then WhatsApp takes it
    When Ana picks up
    And 2 minutes pass
    And Ana hangs up
    Then the call with Ana lasted 2 minutes
    When the business calls Ana
    And Ana declines the call
    Then the call with Ana lasted 0 seconds
    When 7 days pass
    And the business calls Ana
    Then WhatsApp refuses it with 138006
    When Ana allows calls for good
    And 30 days pass
    And the business calls Ana
    Then WhatsApp takes it
`, func(sc *godog.ScenarioContext) { steps.Register(sc, newReceptionist) })
	if status != 0 {
		t.Error(report)
	}
	report, status = play(t, scenario("the business takes calls", "Ana calls the business", "29 seconds pass", "the call with Ana is ringing", "31 seconds pass", "the call with Ana lasted 0 seconds"),
		func(sc *godog.ScenarioContext) { steps.Register(sc, newLazy) })
	if status != 0 {
		t.Error(report)
	}
}

// TestPeopleTalkInGroups plays the steps about groups.
func TestPeopleTalkInGroups(t *testing.T) {
	report, status := play(t, `Feature: f

  Scenario: a group
    When the business makes the group "Trip"
    And Ana joins the group "Trip"
    And Ben joins the group "Trip"
    Then the group "Trip" has 2 members
    When Ana says "We leave at nine." in the group "Trip"
    Then Ana receives "Noted: We leave at nine."
    And Ben receives "Noted: We leave at nine."
    When Ben leaves the group "Trip"
    And Ana says in the group "Trip":
      """
      Ben is ill.
      """
    Then Ana receives "Noted: Ben is ill."
    And Ben receives nothing
    When Meta suspends the group "Trip"
    And the business writes "hello" to the group "Trip"
    Then WhatsApp refuses it with 131207
    When Meta clears the group "Trip"
    And the business writes "hello" to the group "Trip"
    Then WhatsApp takes it
    And Ana receives "hello"
    When the business removes Ana from the group "Trip"
    And the business writes "anybody?" to the group "Trip"
    Then WhatsApp refuses it with 131020

  Scenario: a group that wants approval
    When the business makes the group "Board" that wants approval
    And Ana joins the group "Board"
    Then the group "Board" has 0 members
    When the business lets Ana into the group "Board"
    Then WhatsApp takes it
    And the group "Board" has 1 member
`, func(sc *godog.ScenarioContext) { steps.Register(sc, newReceptionist) })
	if status != 0 {
		t.Error(report)
	}
}

func TestWrongCallsAndGroupsFail(t *testing.T) {
	register := func(sc *godog.ScenarioContext) { steps.Register(sc, newReceptionist) }
	for step, want := range map[string]string{
		"Ana calls the business":                         "takes no calls",
		"Ana picks up":                                   "there is no call",
		"Ana refuses calls":                              "has not asked",
		"the call with Ana is live":                      "there was no call with Ana",
		"the call with Ana lasted 2 minutes":             "there was no call with Ana",
		`Ana joins the group "Trip"`:                     "there is no group",
		`Ana says "hi" in the group "Trip"`:              "there is no group",
		`the group "Trip" has 2 members`:                 "there is no group",
		`the business removes Ana from the group "Trip"`: "there is no group",
	} {
		if report, status := play(t, scenario(step), register); status == 0 || !strings.Contains(report, want) {
			t.Errorf("%s: want %s, got %s", step, want, report)
		}
	}
}

// TestCallsAtOnceAreTheSameInEachRun has people call at one instant, whose calls nobody answers
// or the bot answers, and compares the traces of two runs.
func TestCallsAtOnceAreTheSameInEachRun(t *testing.T) {
	for name, bot := range map[string]sim.Factory{"answered": newReceptionist, "not answered": newLazy} {
		t.Run(name, func(t *testing.T) {
			run := func() string {
				w, err := sim.New(bot, sim.Seed(7), sim.Latency(time.Second))
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := w.Close(); err != nil {
						t.Error(err)
					}
				}()
				var numbers []string
				for i := range 8 {
					numbers = append(numbers, w.Number(fmt.Sprint("User", i)))
				}
				err = w.Meta(func(wa *fakewa.Server) error {
					wa.Calls.Enable(true)
					for _, number := range numbers {
						if _, err := wa.Calls.Dial(number); err != nil {
							return err
						}
					}
					g, err := wa.Groups.Create("Trip", false)
					for _, number := range numbers {
						if err == nil {
							err = wa.Groups.Join(g.ID, number)
						}
					}
					return err
				})
				if err == nil {
					err = w.Wait(2 * time.Minute)
				}
				if err != nil {
					t.Fatal(err)
				}
				var all []call.Call
				err = w.Meta(func(wa *fakewa.Server) error { all = wa.Calls.All(); return nil })
				if len(all) != 8 || err != nil {
					t.Errorf("there are %d calls (%v)", len(all), err)
				}
				var text strings.Builder
				if _, err := w.Trace().WriteTo(&text); err != nil {
					t.Fatal(err)
				}
				return fmt.Sprint(text.String(), all)
			}
			if one, two := run(), run(); one != two {
				t.Errorf("two runs differ:\n%s\n\n%s", one, two)
			}
		})
	}
}
