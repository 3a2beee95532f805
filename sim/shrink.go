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

// shrinking is the search for the fewest steps of a run that still violate a property.
type shrinking struct {
	*exploration
	failed
	best  run
	until time.Duration // how long each run lasts until all faults heal
	left  int           // runs that may still be played
}

// shrink leaves out one of the people, half of the steps, a quarter, and so on down to each
// single step. The steps that stay happen at their times, unless it takes fewer if one
// follows another at once. Then shrink makes the numbers of faults smaller.
func (x *exploration) shrink(f failed) (failure *Failure, until time.Duration) {
	first := x.play(f.seed, x.workload.drawn(f.seed))
	s := &shrinking{exploration: x, failed: f, best: first, until: first.until, left: shrinkRuns}
	for n := range x.workload.Users {
		s.without(func(_ int, step Step) bool { return step.Who == person(n) })
	}
	s.fewer()
	s.racing()
	s.smaller()
	failure = &Failure{
		Seed: f.seed, Property: f.property, Why: s.why, Steps: slices.Clip(s.best.steps), Trace: s.best.trace,
		Drawn: len(first.steps), Replay: fmt.Sprintf(x.replay, f.seed),
	}
	for began := time.Now(); failure.Replays < replays && (failure.Replays == 0 || time.Since(began) < replayTime); failure.Replays++ {
		r, why := s.play(s.best.steps, noteAnswers(true))
		if why != "" {
			failure.Failed++
		}
		if why == s.why {
			failure.Trace = r.trace // with Redis' answers
		}
	}
	return failure, s.until
}

// play plays steps, and returns why the property is violated; "": it is not.
func (s *shrinking) play(steps []Step, options ...Option) (r run, why string) {
	r = s.exploration.play(s.seed, again(steps, s.until), options...)
	violated, _, _ := verdict(r, s.properties)
	return r, violated[s.property]
}

// try keeps steps that still violate the property.
func (s *shrinking) try(steps []Step) bool {
	if s.left == 0 {
		return false
	}
	s.left--
	r, why := s.play(steps)
	if why == "" {
		return false
	}
	s.best, s.why = r, why
	return true
}

// without leaves steps out.
func (s *shrinking) without(drop func(i int, step Step) bool) bool {
	var steps []Step
	for i, step := range s.best.steps {
		if !drop(i, step) {
			steps = append(steps, step)
		}
	}
	return len(steps) < len(s.best.steps) && s.try(steps)
}

// fewer leaves out as many steps as it can.
func (s *shrinking) fewer() {
	for size := len(s.best.steps) / 2; size >= 1; {
		shorter := false
		for from := 0; from < len(s.best.steps); {
			if s.without(func(i int, _ Step) bool { return i >= from && i < from+size }) {
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
}

// race is the longest pause between two steps that may race.
const race = 100 * time.Millisecond

// racing leaves out single steps and changes a short pause between two others: of steps
// that race, some may only have held others up.
func (s *shrinking) racing() {
	for i := len(s.best.steps) - 1; i >= 0; i-- {
		steps := slices.Delete(slices.Clone(s.best.steps), i, i+1)
		for j := len(steps) - 1; j > 0; j-- {
			if s.follows(steps, j) {
				break
			}
		}
	}
}

// follows tries steps of which one follows the one before at once or almost, and those after
// it as they did.
func (s *shrinking) follows(steps []Step, from int) bool {
	now := steps[from].At - steps[from-1].At
	if now > race {
		return false
	}
	for _, pause := range []time.Duration{0, 1, 2, 4, 8} {
		by := now - pause*time.Millisecond
		moved := slices.Clone(steps)
		for i := from; i < len(moved); i++ {
			moved[i].At -= by
		}
		if by != 0 && s.try(moved) {
			return true
		}
	}
	return false
}

// smaller makes the numbers of faults smaller: how often, how long and by how much.
func (s *shrinking) smaller() {
	const least = time.Second
	for i := range s.best.steps {
		for _, change := range []func(*Fault) bool{
			func(f *Fault) bool { f.N /= 2; return f.N > 0 },
			func(f *Fault) bool { f.For = (f.For / 2).Round(least); return f.For > 0 },
			func(f *Fault) bool { f.By = (f.By / 2).Round(least); return f.By != 0 },
		} {
			for i < len(s.best.steps) {
				steps := slices.Clone(s.best.steps)
				was := steps[i].Fault
				if steps[i].Who != "" || !change(&steps[i].Fault) || steps[i].Fault == was || !s.try(steps) {
					break
				}
			}
		}
	}
}
