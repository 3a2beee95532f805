package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"wappasim/fakewa"
)

// Step is one thing that happens in a run: a person writes, or a fault begins.
type Step struct {
	At      time.Duration // since the run began
	Who     string        // "": Fault begins
	Content fakewa.Content
	Fault   Fault
}

// String writes the step as a line.
func (s Step) String() string {
	what := s.Fault.String()
	if s.Who != "" {
		what = fmt.Sprintf("%s says %q", s.Who, s.Content)
	}
	return fmt.Sprintf("%14s  %s", s.At, what)
}

// last returns the time of the last step.
func last(steps []Step) time.Duration { return steps[len(steps)-1].At }

var people = []string{"Ana", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "Jana"}

func person(n int) string {
	if n < len(people) {
		return people[n]
	}
	return fmt.Sprintf("%s%d", people[n%len(people)], n/len(people)+1)
}

var fruits = []string{"apple", "banana", "cherry", "date", "elder", "fig", "grape", "hazel", "iris", "juniper", "kiwi", "lemon", "mango", "nutmeg", "olive", "pear"}

// steps draws the steps of a seed.
func (s Workload) steps(seed uint64) (steps []Step) {
	r := source(seed, "story") // another word would change the steps of every seed
	var on []FaultKind
	for _, k := range s.Faults {
		if k.ofService() && len(s.services) == 0 {
			continue // without a draw: the steps are those of a workload without the kind
		}
		if r.IntN(2) == 0 {
			on = append(on, k)
		}
	}
	write := s.Write
	if write == nil {
		n := 0
		write = func(r *rand.Rand) fakewa.Content {
			n++
			return fakewa.Text(fmt.Sprintf("%s %03d", fruits[r.IntN(len(fruits))], n))
		}
	}
	var at time.Duration
	for len(steps) < s.Events {
		at += s.pause(r)
		if len(on) > 0 && r.IntN(3) == 0 {
			fault, _ := s.draw(on[r.IntN(len(on))], r)
			steps = append(steps, Step{At: at, Fault: fault})
			continue
		}
		steps = append(steps, Step{At: at, Who: person(r.IntN(s.Users)), Content: write(r)})
	}
	return steps
}

// pause draws a pause from a millisecond to the longest; each order of magnitude is
// equally likely.
func (s Workload) pause(r *rand.Rand) time.Duration {
	least := float64(time.Millisecond)
	scale := math.Log(max(float64(s.Longest)/least, 1))
	return time.Duration(least * math.Exp(r.Float64()*scale))
}
