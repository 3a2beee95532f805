package steps

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"wappasim/internal/edits"
	"wappasim/sim"
)

// differs are the parts of a step that differ from one use to the next, and what stands
// for them in a comparison.
var differs = []struct {
	pattern *regexp.Regexp
	blank   string
}{
	{regexp.MustCompile(quoted), `""`},
	{regexp.MustCompile(`\+?\d[\d.:-]*|\{\w+\}`), "1"},
}

func blanked(step string) string {
	for _, b := range differs {
		step = b.pattern.ReplaceAllString(step, b.blank)
	}
	return actor.ReplaceAllString(step, "Ana ")
}

// actor matches the one who acts at the beginning of a step.
var actor = regexp.MustCompile(`^` + who + ` `)

// unknown says that a step is not known, and which one may be meant.
func unknown(step string) string {
	known := make(map[string]string) // examples, by what is compared
	for _, c := range (&scenario{}).chapters() {
		for _, one := range c.steps {
			known[blanked(one.example)] = one.example
		}
	}
	for _, sentence := range sim.FaultSentences() {
		known[blanked(sentence)] = sentence
	}
	all := slices.Sorted(maps.Keys(known))
	if nearest := edits.Nearest(blanked(step), all); nearest != "" {
		return fmt.Sprintf("%q is not a step: did you mean %q?", step, known[nearest])
	}
	return fmt.Sprintf("%q is not a step", step)
}
