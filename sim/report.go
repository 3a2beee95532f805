package sim

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"wappasim/sim/dialogue"
	"wappasim/sim/internal/stacks"
	"wappasim/sim/internal/story"
	"wappasim/sim/people"
	"wappasim/sim/recording"
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
	Folder   string       // where it was written; "": nowhere
	Failed   int          // how often they violated the property then: a bot that is not the same each time fails in some
}

func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sim: seed %d breaks the property that %s: %s\n%d of %d steps do it:\n%s", f.Seed, f.Property, f.Why, len(f.Steps), f.Drawn, lines(f.Steps))
	b.WriteString("what happens:\n")
	for _, line := range story.Folded(f.Trace) {
		fmt.Fprintln(&b, line)
	}
	if f.Failed < f.Replays {
		fmt.Fprintf(&b, "fails in %d of %d replays: the bot does not do the same each time; sim.Check shows where\n", f.Failed, f.Replays)
	}
	fmt.Fprintf(&b, "replay: %s", f.Replay)
	if f.Folder != "" {
		fmt.Fprintf(&b, "\nwritten to %s: a recording, the trace, a scenario, a Go test, the conversation", f.Folder)
	} else {
		fmt.Fprintf(&b, "\nwith %s=FOLDER it also writes a recording, the trace, a scenario, a Go test and the conversation", outVariable)
	}
	return b.String()
}

// outVariable is the environment variable that names the folder for failures.
const outVariable = "SIM_OUT"

// write writes a failure of an exploration to a folder in out.
func (x *exploration) write(f *Failure, out string, until time.Duration) error {
	s, bot := x.workload, x.factory
	told := story.Story{
		Seed: f.Seed, Property: f.Property, Why: f.Why, Replay: f.Replay, Trace: f.Trace, Names: make(map[string]string),
		Replicas: s.Replicas, Latency: s.Latency, Again: redelivery, Until: until, Settle: s.Settle, Options: s.Options != nil,
	}
	for n := range s.Users {
		told.People = append(told.People, person(n))
		told.Names[nth(n)] = person(n)
	}
	alike, recorded := x.record(f, until)
	recorded.Names = told.Names
	told.Recording = recorded
	for i, step := range f.Steps {
		told.Steps = append(told.Steps, story.Step{At: step.At, Who: step.Who, Act: step.Act, ByID: alike[i], Fault: step.Fault.String(), Code: story.Literal(step.Fault)})
	}
	told.Package, told.Factory = testOf(bot)
	told.Unknown = "Written by sim.Explore."
	if told.Factory == "" {
		told.Factory = "newBot"
		told.Unknown += " Put your factory in the place of newBot."
	}
	switch {
	case slices.ContainsFunc(AnyBot(), func(p Property) bool { return p.Name == f.Property }):
		told.Properties = "sim.AnyBot()..."
	case f.Property != running:
		told.Properties = "properties()..."
		told.Unknown += " Put your properties in the place of properties()."
	}
	f.Folder = filepath.Join(out, told.Folder())
	told.Report = f.Error()
	if err := told.Write(f.Folder); err != nil {
		f.Folder = ""
		return err
	}
	return nil
}

// record plays a failure's steps once more, and notes what is in Redis meanwhile. Of each step it
// tells whether it taps one of several choices with the same title and other ids.
func (x *exploration) record(f *Failure, until time.Duration) (alike []bool, _ recording.Recording) {
	alike = make([]bool, len(f.Steps))
	keys := new(recording.Keys)
	r := x.workload.play(x.factory, f.Seed, func(w *World, began time.Time) ([]Step, error) {
		for i, step := range f.Steps {
			if err := w.passUntil(began.Add(step.At)); err != nil {
				return nil, err
			}
			for _, m := range w.fake.Phone(w.Number(cmp.Or(step.Who, person(0)))).Inbox() {
				for _, c := range m.Choices {
					alike[i] = alike[i] || step.Act.Kind == people.Taps && c.Title == step.Act.Offer.Title && c.ID != step.Act.Offer.ID
				}
			}
			if _, err := w.take(step); err != nil {
				return nil, err
			}
		}
		return f.Steps, w.passUntil(began.Add(until))
	}, noteAnswers(true), recordKeys(keys))
	recorded := recording.Recording{Title: fmt.Sprintf("Seed %d", f.Seed), Replay: f.Replay, Property: f.Property, Why: f.Why, Events: f.Trace.Events()}
	if r.trace.Hash() == f.Trace.Hash() {
		recorded.Keys = keys // else the bot is not the same each time, and these are of another run
	}
	recorded.Broke = x.broke(f, recorded.Events)
	return alike, recorded
}

// broke returns the number of the event at which a failure's property was violated: the last one,
// if the bot did not keep running.
func (x *exploration) broke(f *Failure, events []trace.Event) int {
	for _, p := range x.properties {
		if p.Name != f.Property {
			continue
		}
		for _, v := range p.Check(f.Trace) {
			if v.Why != f.Why {
				continue
			}
			if v.Until.After(v.At) {
				v.At = v.Until
			}
			return recording.Event(events, v.At)
		}
	}
	return len(events)
}

// topLevel matches the name of a function that is no literal and no method: its package, which
// may be one of tests, and its name there.
var topLevel = regexp.MustCompile(`^((?:.*/)?([^./]+))\.([^.]+)$`)

// testOf returns the package for a Go test of a bot, next to the test that runs, and the
// factory's name there; "": it has none.
func testOf(bot Factory) (pkg, factory string) {
	m := topLevel.FindStringSubmatch(runtime.FuncForPC(reflect.ValueOf(bot).Pointer()).Name())
	test, _, testing := stacks.RunningTest()
	switch {
	case m != nil && (!testing || strings.TrimSuffix(m[1], "_test") == test):
		return m[2], m[3]
	case testing:
		return path.Base(test) + "_test", ""
	}
	return "main", ""
}
