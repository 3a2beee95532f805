package sim

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wappasim/sim/trace"
)

// run is a workload that was played.
type run struct {
	steps     []Step        // that happened
	until     time.Duration // when the last one had, since the run began
	trace     *trace.Trace
	excused   []excuse
	simulated time.Duration
	err       error // why it did not come to its end
}

// script lets what happens in a run happen, and returns the steps that it became.
type script func(w *World, began time.Time) ([]Step, error)

// drawn is the script of a seed: who acts decides what they do.
func (s Workload) drawn(seed uint64) script { return s.schedule(seed).play }

// again is the script that takes steps once more, until a time since the run began. A step
// that has become impossible is left out.
func again(steps []Step, until time.Duration) script {
	return func(w *World, began time.Time) (taken []Step, err error) {
		for _, step := range steps {
			if err := w.passUntil(began.Add(step.At)); err != nil {
				return taken, err
			}
			possible, err := w.take(step)
			if err != nil {
				return taken, err
			}
			if possible {
				taken = append(taken, step)
			}
		}
		return taken, w.passUntil(began.Add(until))
	}
}

// redelivery is how long WhatsApp redelivers in a run.
const redelivery = time.Hour

// play plays a script in a new world, heals all faults at its end, lets the bot settle, and
// closes the world.
func (s Workload) play(f Factory, seed uint64, play script, more ...Option) (result run) {
	options := []Option{noteAnswers(false), Seed(seed), Latency(s.Latency), Redelivery(redelivery), Replicas(s.Replicas)}
	w, err := New(f, slices.Concat(options, s.Options, more)...)
	if err != nil {
		return run{trace: new(trace.Trace), err: err}
	}
	result.trace = &w.trace
	for n := range s.Users {
		w.Number(person(n)) // the same numbers, in whatever order people act
	}
	err = w.do(func() (err error) {
		began := time.Now()
		defer func() { result.simulated = time.Since(began) }()
		if result.steps, err = play(w, began); err != nil {
			return err
		}
		result.until = time.Since(began)
		if err := w.apply(Fault{Kind: Heal}); err != nil {
			return err
		}
		if err := w.passUntil(time.Now().Add(s.Settle)); err != nil {
			return err
		}
		return w.noteEnd()
	})
	w.over(&result, err)
	return result
}

// noteEnd notes what Redis holds at the end of a run, and the report card's findings. It runs
// in the bubble.
func (w *World) noteEnd() error {
	for _, k := range w.redis.Keys() {
		w.trace.Add(trace.Event{Who: "redis", What: trace.Holds, Text: fmt.Sprintf("%d %s", k.DB, k.Name), TTL: k.TTL.Seconds()})
	}
	w.noteFindings()
	return nil
}

// over closes the world of a run, and adds to the run how it ended. A leak is not an error
// of the run: there is a property for it.
func (w *World) over(r *run, err error) {
	closed := w.Close()
	if _, leak := errors.AsType[*Leak](closed); !leak {
		err = errors.Join(err, closed)
	}
	r.excused, r.err = w.excused, err
}

// Judge closes the world and checks properties against its trace, as at the end of a run of an
// [Explore]: violations that a fault excuses do not count. The error names the first
// property that does not hold, and why. Judge can be called again, for other properties.
func (w *World) Judge(properties ...Property) error {
	w.mu.Lock()
	r := w.judged
	w.mu.Unlock()
	if r == nil {
		r = &run{trace: &w.trace}
		w.over(r, w.do(w.noteEnd))
		w.mu.Lock()
		w.judged = r
		w.mu.Unlock()
	}
	violated, _, _ := verdict(*r, properties)
	for _, name := range slices.Sorted(maps.Keys(violated)) {
		return fmt.Errorf("sim: it does not hold that %s: %s", name, violated[name])
	}
	return nil
}

// Play plays steps as a run of a workload does, and checks the properties. It returns nil or a
// [*Failure]. Of the workload, People, Events, Faults and what is about many seeds do not
// count. All faults heal after the last step; to have them heal later, let that be a step of
// the kind [Heal].
func Play(f Factory, seed uint64, steps []Step, s Workload, properties ...Property) error {
	s, err := s.complete()
	if err != nil {
		return err
	}
	var until time.Duration
	if last := len(steps) - 1; last >= 0 {
		until = steps[last].At
		if steps[last].Fault.Kind == Heal {
			steps = steps[:last]
		}
	}
	r := s.play(f, seed, again(steps, until), noteAnswers(true))
	violated, _, _ := verdict(r, properties)
	for _, name := range slices.Sorted(maps.Keys(violated)) {
		return &Failure{Seed: seed, Property: name, Why: violated[name], Steps: r.steps, Trace: r.trace, Drawn: len(steps), Replay: cmp.Or(s.Replay, testCommand())}
	}
	return nil
}

// lines writes steps as lines.
func lines(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	return b.String()
}
