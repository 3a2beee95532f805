package steps_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/steps"
)

// play plays the scenarios of a feature, and returns what godog writes and its status.
func play(t *testing.T, feature string, register func(*godog.ScenarioContext)) (report string, status int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.feature")
	if err := os.WriteFile(path, []byte(feature), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	suite := godog.TestSuite{ScenarioInitializer: register, Options: &godog.Options{Format: "progress", Output: &out, Strict: true, NoColors: true, Paths: []string{path}}}
	status = suite.Run()
	return out.String(), status
}

// scenario writes steps as a feature with one scenario.
func scenario(lines ...string) string {
	return "Feature: f\n\n  Scenario: s\n    * " + strings.Join(lines, "\n    * ") + "\n"
}

// newSlow makes an echo that answers at once, and 3 and 63 seconds later.
func newSlow(env sim.Env) (sim.App, error) {
	return echo{env, []time.Duration{3 * time.Second, 63 * time.Second}}, nil
}

// TestScenarios plays those in testdata, one in each of several languages.
func TestScenarios(t *testing.T) {
	suite := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) { steps.Register(sc, newBot) },
		Options:             &godog.Options{Format: "progress", Strict: true, TestingT: t, NoColors: true, Paths: []string{"testdata/features"}},
	}
	if suite.Run() != 0 {
		t.Error("scenarios failed")
	}
}

// TestWithinWaitsNoLongerThanItMust wants time to stand still where the message came.
func TestWithinWaitsNoLongerThanItMust(t *testing.T) {
	register := func(sc *godog.ScenarioContext) {
		steps.Register(sc, newSlow)
		sc.Then(`^it is (\S+)$`, func(ctx context.Context, clock string) error {
			w, err := steps.World(ctx)
			if err == nil && w.Now().Format(time.TimeOnly) != clock {
				err = fmt.Errorf("it is %s", w.Now())
			}
			return err
		})
	}
	if report, status := play(t, scenario(`Ana says "hello"`, `Ana receives "hello" within 10 seconds`, "it is 09:00:00",
		`Ana receives a text with "(2)" within 10 seconds`, "it is 09:00:03", "Ana receives nothing",
		`Ana receives a text that matches "\(\d\)" within 1 minute 1 second`, "it is 09:01:03",
		`Ana says "more"`, `Ana says "and more"`, `Ana receives a message of the type "text" within 0 seconds`, "Ana receives 1 message"), register); status != 0 {
		t.Error(report)
	}
	report, status := play(t, scenario(`Ana says "hello"`, `Ana receives "hello"`, `Ana receives a text with "late" within 10 seconds`), register)
	const want = "Error: Ana: wanted within 10 seconds a last message with \"late\", got 1 message:\n            09:00:03 hello (2)\n"
	if status == 0 || !strings.Contains(report, want) {
		t.Errorf("wanted %q in\n%s", want, report)
	}
}

// TestOwnStepsGetTheirWorld wants one world for Go and Gherkin.
func TestOwnStepsGetTheirWorld(t *testing.T) {
	report, status := play(t, scenario("the seed is 7", "Ana shouts", `Ana receives "HELLO"`, "nothing was lost"), func(sc *godog.ScenarioContext) {
		steps.Register(sc, newBot, sim.Start(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)), sim.WhatsApp(func(c *fakewa.Config) { c.Name = "Shop" }))
		sc.When(`^(\S+) shouts$`, func(ctx context.Context, who string) error {
			w, err := steps.World(ctx)
			if err != nil {
				return err
			}
			return w.Say(who, "HELLO")
		})
		sc.Then(`^nothing was lost$`, func(ctx context.Context) error {
			w, err := steps.World(ctx)
			if err != nil {
				return err
			}
			if got := w.Talk("Ana"); got != "00:00:00 Ana: HELLO\n00:00:00 bot: HELLO\n" {
				return fmt.Errorf("got %q", got)
			}
			return nil
		})
	})
	if status != 0 {
		t.Error(report)
	}
	if _, err := steps.World(t.Context()); err == nil || !strings.Contains(err.Error(), "belongs to no scenario") {
		t.Errorf("got %v", err)
	}
}

// TestStepsSayWhatIsWrong wants the reason of each step that fails, with its lines under
// the first.
func TestStepsSayWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		steps []string
		want  string
	}{
		{[]string{"fifteen seconds pass"}, `"fifteen seconds" is not a time like 15 seconds or 1 hour 30 minutes`},
		{[]string{"time passes until 25:00"}, `"25:00" is not a time like 09:15 or 2026-01-06 08:00`},
		{[]string{"time passes until 2026-01-04 08:00"}, "it is 2026-01-05 09:00:00 already"},
		{[]string{"time passes until 08:00 for Ana"}, `the time zone of Ana is not known: a step like Ana is in "America/Mexico_City" tells it`},
		{[]string{`Ana is in "Springfield"`}, `"Springfield" is not a time zone like America/Mexico_City`},
		{[]string{`Meta pauses the template "x"`}, `template "x": no template has this id or name`},
		{[]string{`3 users say "a"`, `4 users receive "a"`}, "User4: wanted this last message:\n            a\n        got nothing"},
		{[]string{`Ana says "a"`, "the webhook is delivered again", "the webhook is delivered again", "the report card is clean"}, "fakewa: message answered twice (1)"},
	} {
		report, status := play(t, scenario(test.steps...), func(sc *godog.ScenarioContext) { steps.Register(sc, newBot) })
		if status == 0 || !strings.Contains(report, test.want) {
			t.Errorf("wanted %q in\n%s", test.want, report)
		}
	}
}

// TestGodogSaysWhichStepMayBeMeant is for suites of one's own, such as go test: godog prints
// the error of a scenario that is a subtest.
func TestGodogSaysWhichStepMayBeMeant(t *testing.T) {
	var got error
	_, status := play(t, scenario(`Ana say "hello"`), func(sc *godog.ScenarioContext) {
		sc.After(func(ctx context.Context, _ *godog.Scenario, err error) (context.Context, error) {
			got = err
			return ctx, nil
		})
		steps.Register(sc, newBot)
	})
	if status == 0 || !errors.Is(got, godog.ErrUndefined) || !strings.Contains(got.Error(), `did you mean "Ana says \"hello\""?`) {
		t.Errorf("got %v", got)
	}
}
