package steps

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
)

// TestEachStepIsLiveOrSaysWhyNot plays each step with a running bot that says nothing. It
// is played, though it may fail, or is skipped for a reason that its text shows.
func TestEachStepIsLiveOrSaysWhyNot(t *testing.T) {
	bot := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer bot.Close()
	live, err := NewLive(LiveConfig{Fake: fakewa.Config{WebhookURL: bot.URL}, Graph: "127.0.0.1:0", Tolerance: time.Millisecond, Longest: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	var feature strings.Builder
	feature.WriteString("Feature: all steps\n")
	want := make(map[string]string) // reasons, by the step
	for _, c := range (&scenario{}).chapters() {
		for _, one := range c.steps {
			want[one.example] = live.unplayable(one.example)
			fmt.Fprintf(&feature, "  Scenario: %s\n    * %s\n", one.example, one.example)
			switch {
			case strings.HasSuffix(one.example, "exactly:"):
				feature.WriteString("      | at | with |\n")
			case strings.HasSuffix(one.example, "webhook:"):
				feature.WriteString("      | who | text |\n")
			case strings.HasSuffix(one.example, ":"):
				feature.WriteString("      \"\"\"\n      hello\n      \"\"\"\n")
			}
		}
	}
	path := filepath.Join(t.TempDir(), "all.feature")
	if err := os.WriteFile(path, []byte(feature.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var results Results
	godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) { results.Register(sc); live.Register(sc) },
		Options:             &godog.Options{Format: "progress", Output: io.Discard, Strict: true, Paths: []string{path}},
	}.Run()
	skipped := 0
	for _, one := range results.scenarios {
		switch why := want[one.name]; {
		case one.status == godog.StepUndefined || one.status == godog.StepAmbiguous:
			t.Errorf("%s: %s", one.name, one.why)
		case one.status == godog.StepSkipped:
			skipped++
			// Only where the clock stands shows how long a wait until a time of day takes.
			if why == "" && !strings.Contains(one.why, "would take longer than 50ms") || !strings.HasSuffix(one.why, why) {
				t.Errorf("%s: skipped as %q, its text shows %q", one.name, one.why, why)
			}
		case why != "":
			t.Errorf("%s: played, though it %s", one.name, why)
		}
	}
	if len(results.scenarios) != len(want) || skipped == 0 || skipped > len(want)/2 {
		t.Errorf("%d of %d steps were skipped, of %d", skipped, len(results.scenarios), len(want))
	}
}

// TestLiveStepsOfWorlds plays, with a running bot, what needs no more than the fake.
func TestLiveStepsOfWorlds(t *testing.T) {
	feature := `Feature: live
  Scenario: a phone, a template and a time
    Given Ana is in "America/Mexico_City"
    When Ana says "hello"
    Then Ana receives "hello" within 2 seconds
    And Ana receives a text with "again" within 5 seconds
    When Ana switches the phone off
    And Ana says "more"
    Then Ana receives nothing
    When Ana switches the phone on
    Then Ana receives a text with "more"
    When Meta pauses the template "hello_world"
    And the business sends the template "hello_world" to Ana
    Then WhatsApp refuses it with 132015
    When 3 users say "hi"
    Then 3 users receive a text with "hi"
    When +5531955550101 says "a bot that is slow to answer"
    And +5531955550101 reacts "👍"
    And Ana says "bye"
    And Ana receives "never" within 0.3 seconds
`
	var graph string
	bot := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { answerLive(r, graph) }))
	defer bot.Close()
	live, err := NewLive(LiveConfig{Fake: fakewa.Config{WebhookURL: bot.URL}, Graph: "127.0.0.1:0", Tolerance: 500 * time.Millisecond, Longest: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	graph = live.Addr()
	path := filepath.Join(t.TempDir(), "live.feature")
	if err := os.WriteFile(path, []byte(feature), 0o600); err != nil {
		t.Fatal(err)
	}
	var results Results
	var out strings.Builder
	godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) { results.Register(sc); live.Register(sc) },
		Options:             &godog.Options{Format: "progress", Output: &out, Strict: true, NoColors: true, Paths: []string{path}},
	}.Run()
	const want = "Ana: wanted within 0.3 seconds this last message:\n            never\n        got 1 message:\n"
	if len(results.scenarios) != 1 || !strings.Contains(results.scenarios[0].why, want) {
		t.Errorf("wanted %q in\n%s", want, out.String())
	}
}
