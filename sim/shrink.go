package sim

import (
	"fmt"
	"slices"
	"time"
)

// shrinkRuns bounds how many runs may be played to find fewer steps.
const shrinkRuns = 400

// A failure is replayed so often, and for no longer than so much real time, to see whether
// it fails every time.
const (
	replays    = 20
	replayTime = 2 * time.Second
)

// shrink looks for the fewest steps of a run that still violate the property: it
// leaves out one of the people, half of the steps, a quarter, and so on down to each
// single step. The steps that stay happen at their times.
func (x *exploration) shrink(f failed) *Failure {
	drawn := x.workload.steps(f.seed)
	best := x.play(f.seed, drawn, last(drawn))
	why := f.why
	left := shrinkRuns
	without := func(drop func(i int, s Step) bool) bool {
		var steps []Step
		for i, s := range best.steps {
			if !drop(i, s) {
				steps = append(steps, s)
			}
		}
		if left == 0 || len(steps) == len(best.steps) {
			return false
		}
		left--
		r := x.play(f.seed, steps, last(drawn))
		violated, _, _ := verdict(r, x.properties)
		if violated[f.property] == "" {
			return false
		}
		best, why = r, violated[f.property]
		return true
	}
	for n := range x.workload.Users {
		without(func(_ int, s Step) bool { return s.Who == person(n) })
	}
	for size := len(best.steps) / 2; size >= 1; {
		shorter := false
		for from := 0; from < len(best.steps); {
			if without(func(i int, _ Step) bool { return i >= from && i < from+size }) {
				shorter = true // the steps that follow have moved here
			} else {
				from += size
			}
		}
		if size > 1 {
			size /= 2
		} else if !shorter {
			break
		}
	}
	failure := &Failure{
		Seed: f.seed, Property: f.property, Why: why, Steps: slices.Clip(best.steps), Trace: best.trace,
		Drawn: len(drawn), Replay: fmt.Sprintf(x.replay, f.seed),
	}
	for began := time.Now(); failure.Replays < replays && (failure.Replays == 0 || time.Since(began) < replayTime); failure.Replays++ {
		violated, _, _ := verdict(x.play(f.seed, best.steps, last(drawn)), x.properties)
		if violated[f.property] != "" {
			failure.Failed++
		}
	}
	return failure
}
