package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cucumber/godog"
)

// Results records what became of each scenario of a suite. Call Register in the suite's
// scenario initializer before the steps are registered. The summaries of godog's own
// formatters count a scenario with a skipped step as passed; Results does not.
type Results struct {
	mu        sync.Mutex // guards what follows
	scenarios []*result
}

// result is one scenario that was played, or skipped.
type result struct {
	feature, name string
	began, ended  time.Time
	status        godog.StepResultStatus // StepPassed, StepSkipped or another one that failed it
	why           string                 // it was skipped or failed
	unplayable    string                 // why its present step cannot be played
	undefined     []string               // steps that nobody knows
}

type resultKey struct{} // of the *result in the context of a scenario

// skip returns the error with which a step skips its scenario for a reason.
func skip(format string, args ...any) error {
	return fmt.Errorf("%w: %s", godog.ErrSkip, fmt.Sprintf(format, args...))
}

// reason returns why a scenario was skipped, or the whole error if it is not one of skip.
func reason(err error) string {
	_, why, ok := strings.Cut(err.Error(), godog.ErrSkip.Error()+": ")
	if !ok {
		return err.Error()
	}
	return why
}

// skipNow skips the scenario from within a step that is made of others, of which godog
// hands on no error.
func skipNow(ctx context.Context, why string) {
	if one, ok := ctx.Value(resultKey{}).(*result); ok {
		one.unplayable = why // one goroutine plays a scenario
	}
	godog.T(ctx).SkipNow()
}

// Register adds the hooks that record a scenario.
func (r *Results) Register(sc *godog.ScenarioContext) {
	sc.Before(func(ctx context.Context, s *godog.Scenario) (context.Context, error) {
		one := &result{feature: s.Uri, name: s.Name, began: time.Now(), status: godog.StepPassed}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.scenarios = append(r.scenarios, one)
		return context.WithValue(ctx, resultKey{}, one), nil
	})
	sc.StepContext().After(func(ctx context.Context, step *godog.Step, status godog.StepResultStatus, err error) (context.Context, error) {
		r.note(ctx, step, status, err)
		return ctx, nil
	})
	sc.After(func(ctx context.Context, _ *godog.Scenario, err error) (context.Context, error) {
		r.note(ctx, nil, godog.StepFailed, err)
		return ctx, nil
	})
}

// note records the first step that did not pass, or the error with which a scenario
// ended. A failure counts more than a skipped step.
func (r *Results) note(ctx context.Context, step *godog.Step, status godog.StepResultStatus, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, ok := ctx.Value(resultKey{}).(*result)
	if !ok {
		return
	}
	one.ended = time.Now()
	if status == godog.StepUndefined && step != nil {
		one.undefined = append(one.undefined, step.Text)
	}
	if errors.Is(err, godog.ErrSkip) {
		status = godog.StepSkipped
	}
	decided := one.status != godog.StepPassed && (one.status != godog.StepSkipped || err == nil || status == godog.StepSkipped)
	if status == godog.StepPassed || decided || step == nil && err == nil || status == godog.StepSkipped && err == nil {
		return
	}
	one.status = status
	switch {
	case status == godog.StepSkipped && one.unplayable != "":
		one.why = one.unplayable
	case status == godog.StepUndefined && step != nil:
		one.why = unknown(step.Text)
	case err != nil:
		one.why = reason(err)
	case step != nil:
		one.why = fmt.Sprintf("step %q is %s", step.Text, status)
	}
}

// counts returns how many scenarios passed, were skipped and failed.
func (r *Results) counts() (passed, skipped, failed int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.scenarios {
		switch one.status {
		case godog.StepPassed:
			passed++
		case godog.StepSkipped:
			skipped++
		default:
			failed++
		}
	}
	return passed, skipped, failed
}

// Played tells whether at least one scenario was played to its end or failed, rather
// than skipped.
func (r *Results) Played() bool {
	passed, _, failed := r.counts()
	return passed+failed > 0
}

// String is the summary: "64 scenarios (48 passed, 16 skipped)".
func (r *Results) String() string {
	passed, skipped, failed := r.counts()
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{passed, "passed"}, {skipped, "skipped"}, {failed, "failed"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if parts == nil {
		return "0 scenarios"
	}
	return fmt.Sprintf("%d scenarios (%s)", passed+skipped+failed, strings.Join(parts, ", "))
}

// Undefined returns the steps that nobody knows, each with its place and the one that may
// be meant, in order of their features and lines.
func (r *Results) Undefined() (lines []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	type place struct {
		feature string
		line    int
		text    string
	}
	var places []place
	sources := make(map[string]*source)
	for _, one := range r.scenarios {
		for _, step := range one.undefined {
			path := lineInPath.ReplaceAllString(one.feature, "")
			if sources[path] == nil {
				sources[path], _ = readSource(path) // without it, lines have no numbers
			}
			at := place{feature: path, text: one.name + ": " + unknown(step)}
			if s := sources[path]; s != nil {
				at.line = s.steps[one.name+"\n"+step]
			}
			places = append(places, at)
		}
	}
	slices.SortStableFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.feature, b.feature), cmp.Compare(a.line, b.line))
	})
	for _, at := range places {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", at.feature, at.line, at.text))
	}
	return slices.Compact(lines)
}

// lineInPath is what "godog a.feature:12" adds to the name of a file.
var lineInPath = regexp.MustCompile(`:\d+$`)

// Skipped returns the scenarios that were skipped, each with the reason, in order of
// their features and names.
func (r *Results) Skipped() (lines []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.scenarios {
		if one.status == godog.StepSkipped {
			lines = append(lines, fmt.Sprintf("%s: %s: %s", one.feature, one.name, one.why))
		}
	}
	slices.Sort(lines)
	return lines
}
