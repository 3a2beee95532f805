package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wappasim/sim/trace"
)

// Report is what an exploration found.
type Report struct {
	Seeds     int
	Simulated time.Duration  // virtual time of all runs
	Took      time.Duration  // real time
	Excused   map[string]int // how often each property was excused, by its name and the kind of fault
	Taken     map[string]int // in how many runs each Sometimes was so
	Failures  []*Failure     // the first of each property, in the order of seeds
}

// String is a line of cost, and one for each excuse and each rare path.
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

// Failure is a seed that breaks a property, and the shortest way there that was
// found.
type Failure struct {
	Seed     uint64
	Property string
	Why      string
	Steps    []Step       // that are left after shrinking
	Trace    *trace.Trace // of those
	Drawn    int          // how many steps the seed had drawn
	Replay   string       // the command that replays it
}

func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sim: seed %d breaks the property that %s: %s\n%d of %d steps do it:\n%s", f.Seed, f.Property, f.Why, len(f.Steps), f.Drawn, story(f.Steps))
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
		fmt.Fprintf(&b, "without %d commands that a replica had sent twice before\n", left)
	}
	fmt.Fprintf(&b, "replay: %s", f.Replay)
	return b.String()
}
