package report

import (
	"slices"
	"testing"

	"wappasim/fakewa"
)

// scene is what a bot and its users do. It breaks a rule, or comes near and does not.
type scene struct {
	what string
	cfg  fakewa.Config
	play func(*play)
	also string // another rule that it breaks
}

// scenes are by the name of their rule: those that break it, and those that do not.
type scenes map[string]struct{ bad, good []scene }

// allScenes joins the scenes of all families of rules.
func allScenes(t *testing.T) scenes {
	all := make(scenes)
	for _, family := range []scenes{webhookScenes, answerScenes, failureScenes, callScenes, retryScenes, lostScenes, floodScenes} {
		for rule, pair := range family {
			if _, ok := all[rule]; ok {
				t.Errorf("%s: its scenes are in two places", rule)
			}
			all[rule] = pair
		}
	}
	return all
}

// TestReportFindsBrokenRulesAndNoOthers plays each scene and compares the findings of the
// report with the rules that the scene breaks.
func TestReportFindsBrokenRulesAndNoOthers(t *testing.T) {
	scenes := allScenes(t)
	for _, rule := range Rules() {
		pair := scenes[rule.Name]
		if len(pair.bad) == 0 || len(pair.good) == 0 {
			t.Errorf("%s: want a bot that breaks it and one that does not", rule.Name)
		}
		if rule.Meaning == "" || rule.Advice == "" {
			t.Errorf("%s: it is not documented", rule.Name)
		}
		for _, bad := range pair.bad {
			t.Run(rule.Name+"/bad/"+bad.what, func(t *testing.T) { bad.check(t, rule.Name, bad.also) })
		}
		for _, good := range pair.good {
			t.Run(rule.Name+"/good/"+good.what, func(t *testing.T) { good.check(t, good.also) })
		}
	}
	if len(scenes) != len(Rules()) {
		t.Errorf("there are scenes for %d rules, and %d rules", len(scenes), len(Rules()))
	}
}

func (s scene) check(t *testing.T, want ...string) {
	report := watch(t, s.cfg, s.play)
	var got []string
	for _, f := range report.Findings {
		got = append(got, f.Rule)
		if f.Count < len(f.Evidence) || len(f.Evidence) == 0 || len(f.Evidence) > maxEvidence || f.Evidence[0].At.IsZero() {
			t.Errorf("got %+v", f)
		}
	}
	want = slices.DeleteFunc(want, func(rule string) bool { return rule == "" })
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q:\n%s", got, want, report)
	}
}
