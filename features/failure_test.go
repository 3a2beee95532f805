package features_test

import (
	"context"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cucumber/godog"

	"wappasim/sim"
	"wappasim/sim/steps"
)

// TestFailuresFailAgainAsScenarios writes the failure of each planted bug to a folder, and
// plays its scenario: it fails with the same events. So do the steps, which the Go test has.
func TestFailuresFailAgainAsScenarios(t *testing.T) {
	for _, fault := range plantedFaults {
		t.Run(fault, func(t *testing.T) {
			workload := plantedWorkload
			workload.Out = t.TempDir()
			_, err := sim.Explore(newPlanted(fault), sim.Seeds(200), workload, plantedProperties()...)
			failure, ok := errors.AsType[*sim.Failure](err)
			if !ok || filepath.Dir(failure.Folder) != workload.Out {
				t.Fatalf("got %v", err)
			}
			want := "sim: it does not hold that " + failure.Property + ": " + failure.Why
			if got := scenarioError(t, filepath.Join(failure.Folder, "story.feature"), newPlanted(fault)); got == nil || got.Error() != want {
				t.Errorf("the scenario: want %s\ngot %v", want, got)
			}
			if _, err := parser.ParseFile(token.NewFileSet(), filepath.Join(failure.Folder, "story_test.go"), nil, parser.AllErrors); err != nil {
				t.Error(err)
			}
			for _, file := range []string{"failure.txt", "replay.txt", "talk.txt", "trace.jsonl", "trace.txt"} {
				if text, err := os.ReadFile(filepath.Join(failure.Folder, file)); err != nil || len(text) == 0 {
					t.Errorf("%s: %d bytes, %v", file, len(text), err)
				}
			}
		})
	}
}

// scenarioError plays a scenario and returns why it fails.
func scenarioError(t *testing.T, path string, f sim.Factory) (why error) {
	t.Helper()
	suite := godog.TestSuite{
		Options: &godog.Options{Format: "progress", Output: io.Discard, Strict: true, Paths: []string{path}},
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			steps.Suite{Bot: f, Properties: plantedProperties}.Register(sc)
			sc.StepContext().After(func(ctx context.Context, step *godog.Step, _ godog.StepResultStatus, err error) (context.Context, error) {
				if err != nil && !strings.HasPrefix(step.Text, "it holds that ") {
					t.Errorf("%s: %v", step.Text, err)
				}
				why = errors.Join(why, err)
				return ctx, nil
			})
		},
	}
	if suite.Run() == 2 {
		t.Error("godog cannot play the scenario")
	}
	return why
}
