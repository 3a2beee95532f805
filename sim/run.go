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
	steps     []Step
	trace     *trace.Trace
	excused   []excuse
	simulated time.Duration
	err       error // why it did not come to its end
}

// play lets the steps happen in a new world, heals all faults at the given end, lets
// the bot settle, and closes the world.
func (s Workload) play(f Factory, seed uint64, steps []Step, end time.Duration) run {
	result := run{steps: steps}
	options := []Option{Seed(seed), Latency(s.Latency), Redelivery(time.Hour), Replicas(s.Replicas)}
	w, err := New(f, append(options, s.Options...)...)
	if err != nil {
		return run{steps: steps, trace: new(trace.Trace), err: err}
	}
	result.trace = &w.trace
	for n := range s.Users {
		w.Number(person(n)) // the same numbers, in whatever order people write
	}
	err = w.do(func() error {
		begin := time.Now()
		defer func() { result.simulated = time.Since(begin) }()
		for _, step := range steps {
			if err := w.passUntil(begin.Add(step.At)); err != nil {
				return err
			}
			if err := w.take(step); err != nil {
				return err
			}
		}
		if err := w.passUntil(begin.Add(end)); err != nil {
			return err
		}
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

// take lets a step happen, and does not wait for its effects.
func (w *World) take(s Step) error {
	if s.Who != "" {
		return w.writeBeside(Message{s.Who, s.Content})
	}
	return w.applyBeside(s.Fault)
}

// lines writes steps as lines.
func lines(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	return b.String()
}
