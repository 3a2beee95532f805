package dialogue

import (
	"cmp"
	"regexp"
	"slices"
	"time"

	"wappasim/sim/trace"
)

// DeadEnd is an act of a person that got no answer, where nothing else could be tapped.
type DeadEnd struct {
	Who   string    // the person's number
	N     int       // the event
	At    time.Time // of the act
	Until time.Time // an answer was waited for until then
	Act   string    // in its readable form: "[tap Cancel]", or the text
	Way   []string  // what the person did before, from the beginning to where the act was, without detours
	Said  string    // what the bot had said last; "": nothing
}

// DeadEnds returns the dead ends in a trace, in the order of the acts.
//
// An act has no answer if no message of the bot reaches its person within the given time;
// zero or less is a minute. The time begins when the bot answers the webhook, and does not
// end before that time has passed since the last fault, if one came before. What the bot
// never got, and what is still waiting when the trace ends, is not decided.
//
// A tap without an answer is a dead end. A text is one if the bot has offered nothing to
// tap since the person's last act. Pictures, reactions and the like are none: who
// sends them can write or tap as well.
func DeadEnds(t *trace.Trace, within time.Duration) (found []DeadEnd) {
	if within <= 0 {
		within = patience
	}
	w := follow(t, within)
	for _, m := range w.moves {
		if m.to != nil || !m.dead {
			continue
		}
		d := DeadEnd{Who: m.act.Who, N: m.act.N, At: m.act.At, Until: m.until, Act: m.act.Text, Way: w.way(m.from)}
		if m.from != nil {
			d.Said = m.from.messages[len(m.from.messages)-1].Text
		}
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b DeadEnd) int { return cmp.Compare(a.N, b.N) })
	return found
}

// Reached tells whether the bot has sent a message, to anybody, whose readable form the
// pattern matches.
func Reached(t *trace.Trace, pattern *regexp.Regexp) bool {
	return slices.ContainsFunc(t.Events(), func(e trace.Event) bool {
		return e.What == trace.Calls && len(e.IDs) > 0 && pattern.MatchString(e.Text)
	})
}
