package cli_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cucumber/godog"

	"wappasim/sim"
	"wappasim/sim/internal/botsend"
	"wappasim/sim/people"
	"wappasim/sim/steps"
	"wappasim/sim/trace"
)

// enoughHappens is violated by a run in which people have done several kinds of things while
// something went wrong. Why it is has a hash of the whole trace, but for Redis' answers,
// which are not in all.
func enoughHappens() []sim.Property {
	return []sim.Property{{Name: "little happens", Check: func(t *trace.Trace) []sim.Violation {
		kinds, all := make(map[string]bool), sha256.New()
		for _, e := range t.Events() {
			e.Answer = ""
			fmt.Fprintln(all, e)
			if e.What == trace.Says || e.What == trace.Acts || e.What == trace.Injects && !strings.Contains(e.Text, "heal") {
				kinds[e.What+e.Type] = true
			}
		}
		if len(kinds) < 6 {
			return nil
		}
		return []sim.Violation{{Why: fmt.Sprintf("it is trace %x", all.Sum(nil))}}
	}}}
}

// TestScenariosOfFailuresAreTheSameRuns wants the scenario of a failure to have the very same
// trace as the run, with people who do everything and all faults.
func TestScenariosOfFailuresAreTheSameRuns(t *testing.T) {
	workload := sim.Workload{Events: 40, Faults: sim.AllFaults, Settle: time.Minute, Out: t.TempDir(), People: []people.Person{
		people.Mix(people.Tapper, people.Sender), people.Mix(people.Tapper, people.Reader), people.Returner(25*time.Hour, people.Anybody),
	}}
	said, played := make(map[string]bool), 0 // steps, without names
	for from := uint64(1); from <= 8; from++ {
		_, err := sim.Explore(newMenu, func(yield func(uint64) bool) { yield(from) }, workload, enoughHappens()...)
		failure, ok := errors.AsType[*sim.Failure](err)
		if !ok {
			continue
		}
		played++
		why := scenarioError(failure, newMenu, enoughHappens, func(step string) {
			_, act, _ := strings.Cut(step, " ")
			act, _, _ = strings.Cut(act, `"`)
			said[act] = true
		})
		if why == nil || why.Error() != "sim: it does not hold that little happens: "+failure.Why {
			feature, _ := os.ReadFile(filepath.Join(failure.Folder, "story.feature"))
			t.Errorf("seed %d: %v\nwant %s\n%s", from, why, failure.Why, feature)
		}
		err = sim.Play(newMenu, from, append(failure.Steps, healing(t, failure)), workload, enoughHappens()...)
		if again, ok := errors.AsType[*sim.Failure](err); !ok || again.Why != failure.Why {
			t.Errorf("seed %d: played again: got %v", from, err)
		}
	}
	if played < 6 {
		t.Errorf("only %d runs were played again", played)
	}
	for _, act := range []string{"taps ", "sends the message:", "sends an image captioned ", "says ", "reads the messages", "reacts "} {
		if !said[act] {
			t.Errorf("no scenario has a step like %q: %v", act, said)
		}
	}
}

// scenarioError plays the scenario of a failure and returns why it fails.
func scenarioError(f *sim.Failure, bot sim.Factory, properties func() []sim.Property, each func(step string)) (why error) {
	suite := godog.TestSuite{
		Options: &godog.Options{Format: "progress", Output: io.Discard, Strict: true, Paths: []string{filepath.Join(f.Folder, "story.feature")}},
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			steps.Suite{Bot: bot, Properties: properties}.Register(sc)
			sc.StepContext().After(func(ctx context.Context, step *godog.Step, _ godog.StepResultStatus, err error) (context.Context, error) {
				each(step.Text)
				why = errors.Join(why, err)
				return ctx, nil
			})
		},
	}
	suite.Run()
	return why
}

// polite is a bot that asks the same each time, with another id in its button.
func polite(env sim.Env) (sim.App, error) { return politeBot{menu{env}}, nil }

type politeBot struct{ menu }

func (b politeBot) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	for _, one := range heard(r) {
		if one.Text.Body != "" {
			_ = botsend.Send(r.Context(), b.env, one.From, "interactive", object{"type": "button", "body": object{"text": "Shall I?"},
				"action": object{"buttons": []object{{"type": "reply", "reply": object{"id": "do " + one.Text.Body, "title": "Pasta"}}}}})
		}
	}
}

// TestScenariosTapOlderMessages has somebody be asked twice and tap what the first message
// offers, which looks like what the second one does.
func TestScenariosTapOlderMessages(t *testing.T) {
	older := func(m people.Moment) people.Act {
		if offered := m.Offered(); len(m.Past) == 2 && len(offered) > 1 {
			return m.Tap(offered[len(offered)-1])
		}
		return people.Writer(m)
	}
	noTaps := func() []sim.Property {
		return []sim.Property{{Name: "nobody taps", Check: func(t *trace.Trace) (found []sim.Violation) {
			texts, asked := 0, 0
			for _, e := range t.Events() {
				if e.What == trace.Calls {
					asked++
				}
				if e.What == trace.Says && e.Type == "text" {
					texts++
				}
				if e.What == trace.Says && e.Type == "interactive" && texts == 2 && asked == 2 {
					found = append(found, sim.Violation{Why: e.String()}) // which has the message's id, drawn from its content
				}
			}
			return found
		}}}
	}
	for step, bot := range map[string]sim.Factory{`Ana taps "Pasta", which 1 later message`: newMenu, `Ana taps "do `: polite} {
		workload := sim.Workload{Users: 1, Events: 3, Settle: time.Second, People: []people.Person{older}, Out: t.TempDir()}
		_, err := sim.Explore(bot, sim.Seeds(20), workload, noTaps()...)
		failure, ok := errors.AsType[*sim.Failure](err)
		if !ok {
			t.Fatalf("%s: got %v", step, err)
		}
		tapped := false
		why := scenarioError(failure, bot, noTaps, func(text string) { tapped = tapped || strings.HasPrefix(text, step) })
		if !tapped || why == nil || why.Error() != "sim: it does not hold that nobody taps: "+failure.Why {
			t.Errorf("%s: %t, %v\n%v", step, tapped, why, failure)
		}
	}
}

// healing returns the step with which all faults of a failure heal.
func healing(t *testing.T, f *sim.Failure) sim.Step {
	t.Helper()
	events := f.Trace.Events()
	for i := len(events) - 1; i >= 0; i-- {
		if e := events[i]; e.What == trace.Injects && e.Text == "all faults heal" {
			return sim.Step{At: e.At.Sub(start(f)), Fault: sim.Fault{Kind: sim.Heal}}
		}
	}
	t.Fatal("no fault heals")
	return sim.Step{}
}

// start returns when the steps of a failure are counted from.
func start(f *sim.Failure) time.Time {
	for _, e := range f.Trace.Events() {
		if e.What == trace.Says {
			for _, s := range f.Steps {
				if s.Who != "" {
					return e.At.Add(-s.At)
				}
			}
		}
	}
	return time.Time{}
}

// TestWrittenGoTestFailsAgain compiles the Go test of a failure into this package and runs it.
func TestWrittenGoTestFailsAgain(t *testing.T) {
	workload := sim.Workload{Faults: []sim.FaultKind{sim.APILoses}, Settle: time.Minute, Out: t.TempDir()}
	_, err := sim.Explore(newBot, sim.Seeds(20), workload, sim.AnyBot()...)
	failure, ok := errors.AsType[*sim.Failure](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	here, err := filepath.Abs("written_test.go") // which is only there for the compiler
	if err != nil {
		t.Fatal(err)
	}
	files, err := json.Marshal(map[string]any{"Replace": map[string]string{here: filepath.Join(failure.Folder, "story_test.go")}})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, files, 0o600); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("TestSeed%d", failure.Seed)
	out, err := exec.Command("go", "test", "-overlay", overlay, "-run", "^"+name+"$", ".").CombinedOutput()
	for _, want := range []string{"--- FAIL: " + name, "breaks the property that " + failure.Property + ": " + failure.Why, "replay: go test -count=1 -run '^" + name + "$' wappasim/sim/cli"} {
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%v: %q is not in\n%s", err, want, out)
		}
	}
}
