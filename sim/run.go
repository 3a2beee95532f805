package sim

import (
	"errors"
	"fmt"
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

// play plays a script in a new world, heals all faults at its end, lets the bot settle, and
// closes the world.
func (s Workload) play(f Factory, seed uint64, play script) (result run) {
	options := []Option{Seed(seed), Latency(s.Latency), Redelivery(time.Hour), Replicas(s.Replicas)}
	w, err := New(f, append(options, s.Options...)...)
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
		for _, k := range w.redis.Keys() {
			w.trace.Add(trace.Event{Who: "redis", What: trace.Holds, Text: fmt.Sprintf("%d %s", k.DB, k.Name), TTL: k.TTL.Seconds()})
		}
		w.noteFindings()
		return nil
	})
	closed := w.Close()
	if _, leak := errors.AsType[*Leak](closed); !leak {
		err = errors.Join(err, closed)
	}
	result.excused, result.err = w.excused, err
	return result
}

// lines writes steps as lines.
func lines(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	return b.String()
}
