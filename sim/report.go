package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wappasim/sim/dialogue"
	"wappasim/sim/trace"
)

// Report is what an exploration found.
type Report struct {
	Seeds     int
	Simulated time.Duration  // virtual time of all runs
	Took      time.Duration  // real time
	Excused   map[string]int // violations that were excused, by the property's name and the kind of fault
	Taken     map[string]int // in how many runs each Sometimes held
	Failures  []*Failure     // the first of each property, in the order of seeds

	dialogue *dialogue.Map
}

// Map returns the map of the dialogue: what the bot said and what people did in all runs
// of the exploration, but not in those that shrink a failure.
func (r *Report) Map() *dialogue.Map { return r.dialogue }

// String writes a line with the cost, and one for each excuse and each Sometimes.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d seeds: %s simulated in %s", r.Seeds, r.Simulated.Round(time.Second), r.Took.Round(time.Millisecond))
	for _, name := range slices.Sorted(maps.Keys(r.Excused)) {
		fmt.Fprintf(&b, "\n%6d excused: %s", r.Excused[name], name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Taken)) {
		fmt.Fprintf(&b, "\n%6d runs: %s", r.Taken[name], name)
	}
	return b.String()
}

// Failure is a seed that violates a property, and the fewest steps to it that were
// found. It is returned by [Explore].
type Failure struct {
	Seed     uint64
	Property string
	Why      string
	Steps    []Step       // that are left after shrinking
	Trace    *trace.Trace // of those
	Drawn    int          // how many steps the seed had drawn
	Replay   string       // the command that replays it
	Replays  int          // how often those steps were played again
	Failed   int          // how often they violated the property then: a bot that is not the same each time fails in some
}

func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sim: seed %d breaks the property that %s: %s\n%d of %d steps do it:\n%s", f.Seed, f.Property, f.Why, len(f.Steps), f.Drawn, lines(f.Steps))
	b.WriteString("what happens:\n")
	type command struct{ who, text string }
	sent, left := make(map[command]int), 0
	for _, e := range f.Trace.Events() {
		c := command{e.Who, e.Text}
		if sent[c]++; e.What == trace.Commands && sent[c] > 2 {
			left++
			continue
		}
		fmt.Fprintln(&b, e)
	}
	if left > 0 {
		fmt.Fprintf(&b, "without %d Redis commands that the same replica had sent twice before\n", left)
	}
	if f.Failed < f.Replays {
		fmt.Fprintf(&b, "fails in %d of %d replays: the bot does not do the same each time; sim.Check shows where\n", f.Failed, f.Replays)
	}
	fmt.Fprintf(&b, "replay: %s", f.Replay)
	return b.String()
}
