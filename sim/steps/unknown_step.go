package steps

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

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
	if meant := nearest(step); meant != "" {
		return fmt.Sprintf("%q is not a step: did you mean %q?", step, meant)
	}
	return fmt.Sprintf("%q is not a step", step)
}

// nearest returns the step that may be meant by one, or "".
func nearest(step string) string {
	examples := make(map[string]string) // by what is compared
	longest, unquoted := 0, ""
	for _, c := range (&scenario{}).chapters() {
		for _, one := range c.steps {
			examples[blanked(one.example)] = one.example
			if with := withQuotes(one.pattern, step); with != "" && len(one.pattern) > longest {
				longest, unquoted = len(one.pattern), with
			}
		}
	}
	for _, sentence := range sim.FaultSentences() {
		examples[blanked(sentence)] = sentence
	}
	if like := edits.Nearest(blanked(step), slices.Sorted(maps.Keys(examples))); like != "" {
		return examples[like]
	}
	return unquoted
}

// known tells whether a step is one of this package's.
func known(step string) bool {
	return slices.ContainsFunc(expressions(), func(e *regexp.Regexp) bool { return e.MatchString(step) })
}

// withQuotes returns a step with quotation marks around what a pattern has as {text}, if
// nothing else keeps it from being that step; else "".
func withQuotes(pattern, step string) string {
	if !strings.Contains(pattern, "{text}") || strings.Contains(step, `"`) {
		return ""
	}
	loose := regexp.MustCompile(expression(strings.ReplaceAll(pattern, "{text}", `(?P<text>\S.*?)`)))
	found := loose.FindStringSubmatchIndex(step)
	if found == nil {
		return ""
	}
	for i, name := range slices.Backward(loose.SubexpNames()) {
		if name == "text" {
			from, to := found[2*i], found[2*i+1]
			step = step[:from] + `"` + step[from:to] + `"` + step[to:]
		}
	}
	return step
}
