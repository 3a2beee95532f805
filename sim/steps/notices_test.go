package steps_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/cucumber/godog"

	"wappasim/sim"
	"wappasim/sim/steps"
)

// newInformer makes a bot that tells the boss of every webhook that is not about messages,
// and of every message whose contact has no profile.
func newInformer(env sim.Env) (sim.App, error) { return informer{echo{Env: env}}, nil }

type informer struct{ echo }

func (c informer) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var webhook struct {
		Entry []struct {
			Time    int64
			Changes []struct {
				Field string
				Value json.RawMessage
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&webhook) != nil {
		return
	}
	if change := webhook.Entry[0].Changes[0]; change.Field != "messages" && webhook.Entry[0].Time != 0 {
		c.send("15559990000", change.Field+" "+string(change.Value))
	} else if value := string(change.Value); strings.Contains(value, `"contacts"`) && strings.Contains(value, `"messages"`) && !strings.Contains(value, `"profile"`) {
		c.send("15559990000", "somebody without a profile")
	}
}

// TestMetaNotifiesTheBot plays the steps about notices and the bill.
func TestMetaNotifiesTheBot(t *testing.T) {
	register := func(sc *godog.ScenarioContext) { steps.Register(sc, newInformer) }
	report, status := play(t, `Feature: f

  Scenario: notices
    When +15559990000 says "keep me informed"
    And Meta notifies the bot of account_update
    Then +15559990000 receives a text with "DISABLED_UPDATE"
    When Meta notifies the bot of account_update with:
      """
      {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}}
      """
    Then +15559990000 receives a text with "\"violation_type\":\"SCAM\""
    When Meta notifies the bot of smb_message_echoes:
      """
      {"message_echoes": [{"type": "text"}]}
      """
    Then +15559990000 receives a text with "smb_message_echoes {\"message_echoes\":[{\"type\":\"text\"}]}"
    When Ana has the profile name ""
    And Ana says "hi"
    Then +15559990000 receives a text with "somebody without a profile"
    When Ana stops marketing messages
    Then +15559990000 receives a text with "\"value\":\"stop\""
    And the bill has 5 free messages

  Scenario: the bill
    When the business creates the template "ready" with the text "Your order is ready."
    And Meta approves the template "ready"
    And the business sends the template "ready" to Ana
    Then the bill has 1 utility message
    When Ana says "thanks"
    And the business sends the template "ready" to Ana
    Then the bill has 1 utility message
    And the bill has 1 free message
    And the bill has 0 marketing messages
`, register)
	if status != 0 {
		t.Error(report)
	}
}

func TestWrongNoticesFail(t *testing.T) {
	register := func(sc *godog.ScenarioContext) { steps.Register(sc, newInformer) }
	for step, want := range map[string]string{
		"Meta notifies the bot of history": "there is no ready notice of",
		"Meta notifies the bot of account_update with:\n      \"\"\"\n      {\"x\":1}\n      \"\"\"": "unknown field",
		"Meta notifies the bot of history:\n      \"\"\"\n      {\n      \"\"\"":                     "cannot be written as JSON",
		"Ana stops marketing messages":      "somebody who has written",
		"the bill has 2 marketing messages": "the bill has 0 of them",
	} {
		if report, status := play(t, scenario(step), register); status == 0 || !strings.Contains(report, want) {
			t.Errorf("%s: want %s, got %s", step, want, report)
		}
	}
}
