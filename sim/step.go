package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"wappasim/fakewa"
)

// Step is one thing that happens in a run: somebody writes, or fault.
type Step struct {
	At      time.Duration // since the beginning
	Who     string        // "": fault
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

// last returns when the last step is.
func last(steps []Step) time.Duration { return steps[len(steps)-1].At }

var people = []string{"Ana", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "Jana"}

func person(n int) string {
	if n < len(people) {
		return people[n]
	}
	return fmt.Sprintf("%s%d", people[n%len(people)], n/len(people)+1)
}

var fruits = []string{"apple", "banana", "cherry", "date", "elder", "fig", "grape", "hazel", "iris", "juniper", "kiwi", "lemon", "mango", "nutmeg", "olive", "pear"}

// steps draws what happens in the run of a seed.
func (s Workload) steps(seed uint64) (steps []Step) {
	r := source(seed, "story") // the word is part of what a seed means
	var on []FaultKind
	for _, k := range s.Faults {
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

// pause draws a pause: from a millisecond to the longest, with as many of each
// length.
func (s Workload) pause(r *rand.Rand) time.Duration {
	least := float64(time.Millisecond)
	scale := math.Log(max(float64(s.Longest)/least, 1))
	return time.Duration(least * math.Exp(r.Float64()*scale))
}
