package sim

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// seedVariable is the environment variable that replays one seed.
const seedVariable = "SIM_SEED"

// Seeds returns the seeds from 1 to n, or the one that the environment variable
// SIM_SEED names: so a failure is replayed. Explore and Check refuse a SIM_SEED
// that is no seed.
func Seeds(n uint64) iter.Seq[uint64] {
	first, last := uint64(1), n
	if seed, err := namedSeed(); err == nil && seed != nil {
		first, last = *seed, *seed
	}
	return func(yield func(uint64) bool) {
		for seed := first; seed <= last && seed >= first; seed++ {
			if !yield(seed) {
				return
			}
		}
	}
}

// namedSeed returns the seed that the environment names, or nil if it names none.
func namedSeed() (*uint64, error) {
	text := os.Getenv(seedVariable)
	if text == "" {
		return nil, nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("sim: %s is %q: want the number of a seed", seedVariable, text)
	}
	return &seed, nil
}

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
	Steps    []Step // that are left after shrinking
	Trace    *Trace // of those
	Drawn    int    // how many steps the seed had drawn
	Replay   string // the command that replays it
}

func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sim: seed %d breaks the property that %s: %s\n%d of %d steps do it:\n%s", f.Seed, f.Property, f.Why, len(f.Steps), f.Drawn, story(f.Steps))
	b.WriteString("what happens:\n")
	type command struct{ who, text string }
	sent, left := make(map[command]int), 0
	for _, e := range f.Trace.Events() {
		c := command{e.Who, e.Text}
		if sent[c]++; e.What == Commands && sent[c] > 2 {
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

// Explore plays a story once for each seed, on all processors, and checks the
// properties against the trace of each run. It returns the first seed that breaks
// one, as a [*Failure] whose story was shrunk, and what it found on the way.
//
// Seeds that failed before, in the file that the story names, are tried first.
// That a path was [Sometimes] taken is checked over all seeds, if there is more
// than one.
func Explore(f Factory, seeds iter.Seq[uint64], s Workload, properties ...Property) (*Report, error) {
	s, err := s.complete()
	if err != nil {
		return nil, err
	}
	if seeds, err = s.keptFirst(seeds); err != nil {
		return nil, err
	}
	x := &exploration{factory: f, workload: s, properties: properties, replay: cmp.Or(s.Replay, replayCommand())}
	x.report = Report{Excused: make(map[string]int), Taken: make(map[string]int)}
	for _, p := range properties {
		if p.sometimes {
			x.report.Taken[p.Name] = 0
		}
	}
	start := time.Now()
	defer debug.SetGCPercent(debug.SetGCPercent(collectRarely))
	x.playAll(seeds)
	for _, failed := range x.firsts() {
		x.report.Failures = append(x.report.Failures, x.shrink(failed))
	}
	x.report.Took = time.Since(start)
	if len(x.report.Failures) > 0 {
		first := x.report.Failures[0]
		return &x.report, errors.Join(first, s.keep(x.report.Failures))
	}
	for _, name := range slices.Sorted(maps.Keys(x.report.Taken)) {
		if x.report.Taken[name] == 0 && x.report.Seeds > 1 {
			return &x.report, fmt.Errorf("sim: not in one of %d runs: %s", x.report.Seeds, name)
		}
	}
	return &x.report, nil
}

type exploration struct {
	factory    Factory
	workload   Workload
	properties []Property
	replay     string // a format with the seed

	mu     sync.Mutex // guards what follows
	report Report
	failed []failed
	over   bool
}

// failed is a seed that broke a property.
type failed struct {
	index    int // among the seeds
	seed     uint64
	property string
	why      string
}

// collectRarely is the garbage collector's percentage while worlds are played:
// each leaves some megabytes behind, and next to nothing lives.
const collectRarely = 800

// running is the implicit property of every bot.
const running = "the bot keeps running"

func (x *exploration) playAll(seeds iter.Seq[uint64]) {
	next, stop := iter.Pull(seeds)
	defer stop()
	taken := 0
	take := func() (index int, seed uint64, ok bool) {
		x.mu.Lock()
		defer x.mu.Unlock()
		if x.over {
			return 0, 0, false
		}
		seed, ok = next()
		taken++
		return taken, seed, ok
	}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for {
				index, seed, ok := take()
				if !ok {
					return
				}
				steps := x.workload.steps(seed)
				x.judge(index, seed, x.workload.play(x.factory, seed, steps, last(steps)))
			}
		})
	}
	workers.Wait()
}

// judge checks the properties against a run.
func (x *exploration) judge(index int, seed uint64, r run) {
	broken, excused, taken := verdict(r, x.properties)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.report.Seeds++
	x.report.Simulated += r.simulated
	for _, name := range excused {
		x.report.Excused[name]++
	}
	for _, name := range taken {
		x.report.Taken[name]++
	}
	for _, property := range slices.Sorted(maps.Keys(broken)) {
		x.failed = append(x.failed, failed{index, seed, property, broken[property]})
	}
	x.over = len(x.failed) > 0 && !x.workload.KeepGoing
}

// verdict returns why each broken property is, what was excused, and which rare
// paths were taken.
func verdict(r run, properties []Property) (broken map[string]string, excused, taken []string) {
	broken = make(map[string]string)
	if r.err != nil {
		broken[running] = r.err.Error()
	}
	for _, p := range properties {
		found := p.Check(r.trace)
		if p.sometimes {
			if found == nil {
				taken = append(taken, p.Name)
			}
			continue
		}
		for _, b := range found {
			if of := r.excuse(p, b); of != "" {
				excused = append(excused, fmt.Sprintf("%s, though %s", p.Name, of))
			} else if broken[p.Name] == "" {
				broken[p.Name] = b.Why
			}
		}
	}
	return broken, excused, taken
}

// excuse returns the kind of fault that excuses what is broken, if any does.
func (r run) excuse(p Property, b Violation) string {
	for _, e := range r.excused {
		over := b.At
		if b.Until.After(over) {
			over = b.Until
		}
		if slices.Contains(p.Assumes, e.assumption) && !over.Before(e.from) && !b.At.After(e.to) {
			return string(e.of)
		}
	}
	return ""
}

// firsts returns the first failure of each property, or of all if one is enough.
func (x *exploration) firsts() (firsts []failed) {
	slices.SortStableFunc(x.failed, func(a, b failed) int { return cmp.Compare(a.index, b.index) })
	seen := make(map[string]bool)
	for _, f := range x.failed {
		if !seen[f.property] {
			seen[f.property] = true
			firsts = append(firsts, f)
		}
		if !x.workload.KeepGoing {
			break
		}
	}
	return firsts
}

var testFunction = regexp.MustCompile(`^(.+?)(?:_test)?\.((?:Test|Example|Benchmark|Fuzz)\w*)(?:\.|$)`)

// replayCommand returns the command that replays a seed of the test that is on
// the stack, with %d for the seed.
func replayCommand() string {
	pcs := make([]uintptr, 50)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		frame, more := frames.Next()
		if m := testFunction.FindStringSubmatch(frame.Function); m != nil {
			return fmt.Sprintf("%s=%%d go test -count=1 -run '^%s$' %s", seedVariable, m[2], m[1])
		}
		if !more {
			return seedVariable + "=%d, where sim.Seeds chooses them"
		}
	}
}

// Check plays a story twice for each seed and says where the traces part, if they
// do: the bot, or something in it, does not do the same twice. A run that does not
// come to its end is an error too.
func Check(f Factory, seeds iter.Seq[uint64], s Workload) error {
	s, err := s.complete()
	if err != nil {
		return err
	}
	for seed := range seeds {
		steps := s.steps(seed)
		first, second := s.play(f, seed, steps, last(steps)), s.play(f, seed, steps, last(steps))
		if first.err != nil {
			return fmt.Errorf("sim: seed %d: %w", seed, first.err)
		}
		if diff := first.trace.Diff(second.trace); diff != "" {
			return fmt.Errorf("sim: seed %d is not the same twice:\n%s", seed, diff)
		}
	}
	return nil
}
