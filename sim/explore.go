package sim

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"wappasim/sim/dialogue"
)

// Explore plays a workload once for each seed, on all processors, and checks the
// properties against the trace of each run. It returns the first seed that violates
// one, as a [*Failure] whose steps are shrunk, and a report of all runs.
//
// Seeds that failed before, in the workload's SeedFile, are tried first. A
// [Sometimes] is checked over all seeds, if there is more than one.
func Explore(f Factory, seeds iter.Seq[uint64], s Workload, properties ...Property) (*Report, error) {
	s, err := s.complete()
	if err != nil {
		return nil, err
	}
	if seeds, err = s.failedFirst(seeds); err != nil {
		return nil, err
	}
	x := &exploration{factory: f, workload: s, properties: properties, replay: cmp.Or(s.Replay, replayCommand())}
	x.report = Report{Excused: make(map[string]int), Taken: make(map[string]int), dialogue: &dialogue.Map{Rules: s.Rules}}
	for _, p := range properties {
		if p.sometimes {
			x.report.Taken[p.Name] = 0
		}
	}
	start := time.Now()
	defer debug.SetGCPercent(debug.SetGCPercent(collectRarely))
	showLabels()
	defer x.tell(start)()
	x.playAll(seeds)
	out := cmp.Or(s.Out, os.Getenv(outVariable))
	for _, failed := range x.firsts() {
		failure, until := x.shrink(failed)
		if x.report.Failures = append(x.report.Failures, failure); out != "" {
			err = errors.Join(err, x.write(failure, out, until))
		}
	}
	x.report.Took = time.Since(start)
	if len(x.report.Failures) > 0 {
		first := x.report.Failures[0]
		return &x.report, errors.Join(first, s.addSeeds(x.report.Failures), err)
	}
	for _, name := range slices.Sorted(maps.Keys(x.report.Taken)) {
		if x.report.Taken[name] == 0 && x.report.Seeds > 1 {
			return &x.report, fmt.Errorf("sim: not in one of %d runs: %s", x.report.Seeds, name)
		}
	}
	return &x.report, nil
}

// exploration is an Explore under way.
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

// tell calls the workload's Progress until it is stopped.
func (x *exploration) tell(start time.Time) (stop func()) {
	if x.workload.Progress == nil {
		return func() {}
	}
	over, told := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(told)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				x.workload.Progress(x.soFar(time.Since(start)))
			}
		}
	}()
	return func() { close(over); <-told }
}

// soFar returns a report that nobody changes.
func (x *exploration) soFar(took time.Duration) Report {
	var failures []*Failure
	for _, f := range x.firsts() {
		failures = append(failures, &Failure{Seed: f.seed, Property: f.property, Why: f.why, Replay: fmt.Sprintf(x.replay, f.seed)})
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return Report{Seeds: x.report.Seeds, Simulated: x.report.Simulated, Took: took, Excused: maps.Clone(x.report.Excused), Taken: maps.Clone(x.report.Taken), Failures: failures}
}

// failed is a seed that violated a property.
type failed struct {
	index    int // among the seeds
	seed     uint64
	property string
	why      string
}

// collectRarely is the garbage collector's percentage during an exploration: a
// world leaves some megabytes behind, and hardly any of it is still in use.
const collectRarely = 800

// running is a property that every bot has without being given it.
const running = "the bot keeps running"

// playAll plays the seeds, each once, until one fails or all are played.
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
				x.judge(index, seed, x.play(seed, x.workload.drawn(seed)))
			}
		})
	}
	workers.Wait()
}

// judge checks the properties against a run and adds what it finds to the report.
func (x *exploration) judge(index int, seed uint64, r run) {
	violated, excused, taken := verdict(r, x.properties)
	x.report.dialogue.Add(r.trace)
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
	for _, property := range slices.Sorted(maps.Keys(violated)) {
		x.failed = append(x.failed, failed{index, seed, property, violated[property]})
	}
	x.over = len(x.failed) > 0 && !x.workload.KeepGoing
}

// firsts returns the first failure of each property, or only the first of all
// without KeepGoing.
func (x *exploration) firsts() (firsts []failed) {
	x.mu.Lock()
	defer x.mu.Unlock()
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
