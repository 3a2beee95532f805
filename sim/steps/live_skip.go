package steps

import (
	"fmt"
	"regexp"

	"wappasim/sim"
	"wappasim/sim/duration"
)

// needsWorld are steps that only a world can play, with the reason.
var needsWorld = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`^Redis (holds|keeps) `), "looks into the Redis of a world"},
	{regexp.MustCompile(`^the bot runs on \d+ replicas$`), "needs a world: a running bot has the replicas that it has"},
	{regexp.MustCompile(`^the seed is \d+$`), "needs a world: a running bot has no seed"},
	{regexp.MustCompile(`^WhatsApp (limits|delivers again|holds messages|rates a|lets the business|gives a person) `), "needs a world: the limits of WhatsApp are set when the fake starts"},
	{regexp.MustCompile(`^the business (may write to |has no contact book)`), "needs a world: the limits of WhatsApp are set when the fake starts"},
	{regexp.MustCompile(`^(the service \S+ was |there is a language model |the (next answer of the )?language model )`), needsServices},
	{regexp.MustCompile(`^everything takes up to |^the people are |^nobody waits for the bot$|passed since the beginning$|later messages? offers? too$| fills the flow ".*" with |^it holds that `), "needs a world: it is about a run of an exploration"},
	{regexp.MustCompile(` (changes to the number \d+|is on WhatsApp as ".*"|by the number \d+|with the wa_id \d+)$`), "needs a world: a running bot knows people by numbers that are drawn each time"},
}

const needsServices = "needs a world: a running bot has services of its own"

// worldTag marks a scenario that only a world can play, for a reason that no step shows:
// it rests on an exact moment, for example.
const worldTag = "@world"

var (
	passes = regexp.MustCompile(expression(`{time} pass(?:es)?`))
	within = regexp.MustCompile(` within ` + lasts + `$`)
)

// unplayable returns the reason why a step cannot be played with a running bot, or "".
func (l *Live) unplayable(step string) (why string) {
	for _, n := range needsWorld {
		if n.pattern.MatchString(step) {
			return n.why
		}
	}
	if fault, err := sim.ParseFault(step); err == nil {
		if _, _, why := fault.Live(); why != "" {
			return "needs a world: it " + why
		}
	}
	if m := passes.FindStringSubmatch(step); m != nil {
		if d, err := duration.Parse(m[1]); err == nil && d > l.cfg.Longest {
			return fmt.Sprintf("would take longer than %s", l.cfg.Longest)
		} else if err == nil && d < l.cfg.Tolerance {
			return fmt.Sprintf("needs a world: a wait shorter than the tolerance of %s shows nothing", l.cfg.Tolerance)
		}
	}
	if m := within.FindStringSubmatch(step); m != nil {
		if d, err := duration.Parse(m[1]); err == nil && d > l.cfg.Longest {
			return fmt.Sprintf("may take longer than %s", l.cfg.Longest)
		}
	}
	for _, setting := range l.cfg.Settings {
		if regexp.MustCompile(setting).MatchString(step) {
			return "is a setting, and the bot is set up already"
		}
	}
	return ""
}
