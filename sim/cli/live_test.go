package cli_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cucumber/godog"

	"wappasim/sim"
	"wappasim/sim/cli"
)

// quietBot is a running bot that takes every webhook and says nothing.
func quietBot(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
	}))
	t.Cleanup(server.Close)
	return server.URL + "/webhook"
}

// play runs "test" with a running bot over a feature, and returns the exit status and
// what it writes.
func play(t *testing.T, p cli.Program, feature string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.feature")
	if err := os.WriteFile(path, []byte(feature), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(dir, "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var told bytes.Buffer
	p.Bot = newBot
	args = append([]string{"test", "-webhook", quietBot(t), "-graph", "127.0.0.1:0", "-tolerance", "100ms"}, args...)
	status = p.Run(append(args, path), os.Stdin, out, &told)
	written, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return status, string(written), told.String()
}

const mixed = `Feature: mixed
  Scenario: passes
    When Ana says "hello"
    Then Ana receives nothing
  Scenario: fails
    When Ana says "hello"
    Then Ana receives "what?"
  Scenario: is skipped as a whole
    When Ana says "hello"
    Then Redis holds nothing of Ana
  @world
  Scenario: is skipped by its tag
    When Ana says "hello"
    Then Ana receives nothing
  Scenario: is skipped at a step
    When Ana says "hello"
    And time passes until 08:59
    Then Ana receives nothing
  Scenario: is skipped at a wait that shows nothing
    When Ana says "hello"
    And 0.099 seconds pass
    Then Ana receives nothing
  Scenario: is skipped at a step of a step
    When Ana does what needs a world
    Then Ana receives nothing
`

// own adds a step that is made of others, one of which needs a world.
func own(sc *godog.ScenarioContext) {
	sc.When(`^(\S+) does what needs a world$`, func(who string) godog.Steps {
		return godog.Steps{who + ` says "hello"`, "the bot crashes"}
	})
}

// TestSkippedScenariosNeverPass wants each scenario counted once, as what it is.
func TestSkippedScenariosNeverPass(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.xml")
	text := filepath.Join(t.TempDir(), "report.txt")
	for _, format := range []string{"pretty", "progress"} {
		status, stdout, stderr := play(t, cli.Program{Steps: own}, mixed, "-format", format+",junit:"+report+",progress:"+text)
		if status != 1 {
			t.Errorf("%s: status %d\n%s%s", format, status, stdout, stderr)
		}
		const want = "7 scenarios (1 passed, 5 skipped, 1 failed)\n"
		if strings.Count(stdout, want) != 1 || strings.Count(stdout, " scenarios (") != 1 {
			t.Errorf("%s: got\n%s", format, stdout)
		}
		if written, err := os.ReadFile(text); err != nil || !strings.Contains(string(written), want) {
			t.Errorf("%s: the file has %v\n%s", format, err, written)
		}
		for _, line := range []string{
			`: is skipped as a whole: "Redis holds nothing of Ana" looks into the Redis of a world`,
			`: is skipped by its tag: it has the tag @world`,
			`: is skipped at a step: waiting until 08:59:00 would take longer than 1m0s`,
			`: is skipped at a wait that shows nothing: "0.099 seconds pass" needs a world: a wait shorter than the tolerance of 100ms shows nothing`,
			`: is skipped at a step of a step: "the bot crashes" needs a world: it stops or holds the bot's process`,
		} {
			if !strings.Contains(stderr, line+"\n") {
				t.Errorf("%s: %q is not in\n%s", format, line, stderr)
			}
		}
		checkJUnit(t, report)
	}
}

func checkJUnit(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Tests    int `xml:"tests,attr"`
		Skipped  int `xml:"skipped,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Skipped int `xml:"skipped,attr"`
			Cases   []struct {
				Name    string `xml:"name,attr"`
				Skipped *struct {
					Message string `xml:"message,attr"`
				} `xml:"skipped"`
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(data, &report); err != nil || report.Tests != 7 || report.Skipped != 5 || report.Failures != 1 || len(report.Suites) != 1 || report.Suites[0].Skipped != 5 {
		t.Fatalf("got %v %+v\n%s", err, report, data)
	}
	for _, c := range report.Suites[0].Cases {
		if skipped := strings.Contains(c.Name, "skipped"); skipped != (c.Skipped != nil && c.Skipped.Message != "") {
			t.Errorf("%s: got %+v", c.Name, c.Skipped)
		}
		if failed := c.Name == "fails"; failed != (c.Failure != nil && strings.Contains(c.Failure.Message, `wanted this last message:
            what?
        got nothing; the bot has not called the Graph API at 127.0.0.1:`)) {
			t.Errorf("%s: got %+v", c.Name, c.Failure)
		}
	}
}

// TestNothingPlayedIsAnError wants a run whose scenarios were all skipped to say so.
func TestNothingPlayedIsAnError(t *testing.T) {
	status, stdout, stderr := play(t, cli.Program{}, "Feature: a\n  Scenario: b\n    When the bot crashes\n")
	if status != 1 || !strings.Contains(stdout, "1 scenarios (1 skipped)\n") || !strings.Contains(stderr, " was played: 1 scenarios (1 skipped)\n") {
		t.Errorf("got %d\n%s%s", status, stdout, stderr)
	}
}

// TestEveryFaultIsPlayedOrSkipped plays each sentence of the table of faults with a
// running bot: it is played if the table says so, and else skipped with the table's
// reason.
func TestEveryFaultIsPlayedOrSkipped(t *testing.T) {
	fill := strings.NewReplacer("{n}", "2", "{code}", "131016", "{replica}", "1", "{by}", "0.1 seconds", "{for}", "1 second", "{like}", `"x"`, "{point}", "before Redis command", "{service}", "any service")
	feature := "Feature: faults\n"
	reasons := make(map[string]string) // by sentence
	for _, form := range sim.FaultSentences() {
		sentence := fill.Replace(form)
		if strings.Contains(sentence, "fail") {
			sentence = strings.Replace(sentence, "131016", "131047", 1)
		}
		fault, err := sim.ParseFault(sentence)
		if err != nil {
			t.Fatal(err)
		}
		_, _, reasons[sentence] = fault.Live()
		feature += fmt.Sprintf("  Scenario: %s\n    When %s\n    And Ana says \"hello\"\n    Then Ana receives nothing\n", sentence, sentence)
	}
	status, stdout, stderr := play(t, cli.Program{}, feature, "-format", "progress")
	played := 0
	for sentence, why := range reasons {
		skipped := strings.Contains(stderr, fmt.Sprintf("skipped: %s", "")) && strings.Contains(stderr, fmt.Sprintf(": %s: %q ", sentence, sentence))
		switch {
		case why == "":
			played++
			if skipped {
				t.Errorf("%q can be played, and was skipped", sentence)
			}
		case !strings.Contains(stderr, fmt.Sprintf(": %s: %q needs a world: it %s\n", sentence, sentence, why)):
			t.Errorf("%q was not skipped with the reason %q", sentence, why)
		}
	}
	want := fmt.Sprintf("%d scenarios (%d passed, %d skipped)\n", len(reasons), played, len(reasons)-played)
	if status != 0 || !strings.Contains(stdout, want) || played < 10 {
		t.Errorf("status %d, want %s, got\n%s", status, want, stdout)
	}
}

// TestServicesNeedAWorld plays scenarios about services with a running bot, and one in which
// a person only speaks of them.
func TestServicesNeedAWorld(t *testing.T) {
	feature := "Feature: a\n"
	needs := []string{"the service pay.example.com was not called", "there is a language model at https://api.openai.com", `the language model answers "Yes."`, "the next answer of the language model is cut"}
	for _, step := range append(needs, `Ana says "there is a language model at home"`) {
		feature += fmt.Sprintf("  Scenario: b\n    When %s\n", step)
	}
	_, stdout, stderr := play(t, cli.Program{}, feature, "-format", "progress")
	if !strings.Contains(stdout, "5 scenarios (1 passed, 4 skipped)") {
		t.Errorf("got %s", stdout)
	}
	for _, step := range needs {
		if !strings.Contains(stderr, fmt.Sprintf("%q needs a world: a running bot has services of its own", step)) {
			t.Errorf("%q is not skipped for its reason:\n%s", step, stderr)
		}
	}
}
