package steps

import (
	"flag"
	"os"
	"regexp"
	"testing"
)

var update = flag.Bool("update", false, "write docs/scenarios.md anew")

// TestDocumentIsThePage compares docs/scenarios.md with the steps.
func TestDocumentIsThePage(t *testing.T) {
	const page = "../../docs/scenarios.md"
	if *update {
		if err := os.WriteFile(page, []byte(Document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != Document() {
		t.Errorf("docs/scenarios.md is not what the steps say (%v): go test ./sim/steps -update", err)
	}
}

// TestEachStepHasOneMeaning wants the example of each step to be that step and no other.
func TestEachStepHasOneMeaning(t *testing.T) {
	patterns := make(map[string]*regexp.Regexp)
	for _, c := range (&scenario{}).chapters() {
		for _, s := range c.steps {
			patterns[s.pattern] = regexp.MustCompile(expression(s.pattern))
		}
	}
	if len(patterns) < 90 {
		t.Errorf("there are %d steps only", len(patterns))
	}
	for _, c := range (&scenario{}).chapters() {
		for _, s := range c.steps {
			if s.meaning == "" {
				t.Errorf("%q has no meaning", s.pattern)
			}
			for pattern, is := range patterns {
				if is.MatchString(s.example) != (pattern == s.pattern) {
					t.Errorf("the example %q of %q: %q matches: %t", s.example, s.pattern, pattern, is.MatchString(s.example))
				}
			}
		}
	}
}
