package sim

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"wappasim/fakewa"
)

// Workload is what may happen in a run. The seed decides what does: who writes, when
// and what goes wrong. Each run has its own part of the fault; fault that
// never meets other fault is the better for it.
type Workload struct {
	Users    int           // default 3
	Events   int           // what people write and what goes wrong; default 20
	Replicas int           // of the bot; default 2
	Faults   []FaultKind   // what may go wrong; default nothing
	Longest  time.Duration // pause between two events; shorter ones are likelier; default 20 s
	Settle   time.Duration // from the healing of all faults to the end of the run; default 5 min
	Latency  time.Duration // see [Latency]; default 5 ms

	// Write returns what somebody writes. Default: a text unlike any other.
	Write func(r *rand.Rand) fakewa.Content

	// Keep is a file of seeds that failed; they are tried first. Default: none.
	SeedFile string

	// Replay is the command that replays a seed, with %d for it. Default: that of
	// the test which explores.
	Replay string

	// Every makes an exploration go on after a failure, and collect the first
	// one of each property.
	KeepGoing bool
}

func (s Workload) complete() (Workload, error) {
	s.Users = cmp.Or(s.Users, 3)
	s.Events = cmp.Or(s.Events, 20)
	s.Replicas = cmp.Or(s.Replicas, 2)
	s.Longest = cmp.Or(s.Longest, 20*time.Second)
	s.Settle = cmp.Or(s.Settle, 5*time.Minute)
	s.Latency = cmp.Or(s.Latency, 5*time.Millisecond)
	if s.Users < 1 || s.Events < 1 || s.Replicas < 1 || s.Longest < 0 || s.Settle < 0 || s.Latency < 0 {
		return s, errors.New("sim: a workload has at least one user, event and replica, and no time runs backwards")
	}
	if _, err := namedSeed(); err != nil {
		return s, err
	}
	for _, k := range s.Faults {
		if _, ok := s.draw(k, rand.New(rand.NewPCG(0, 0))); !ok {
			return s, fmt.Errorf("sim: a workload cannot draw fault of the kind %q", k)
		}
	}
	return s, nil
}

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

// run is a story that was played.
type run struct {
	steps     []Step
	trace     *Trace
	excused   []excuse
	simulated time.Duration
	err       error // why it did not come to its end
}

// play lets steps happen in a world of their own, heals all faults when the last
// of those that were drawn has, lets the story settle, and ends the world.
func (s Workload) play(f Factory, seed uint64, steps []Step, end time.Duration) run {
	result := run{steps: steps}
	w, err := New(f, Seed(seed), Latency(s.Latency), Redelivery(time.Hour), Replicas(s.Replicas))
	if err != nil {
		return run{steps: steps, trace: new(Trace), err: err}
	}
	result.trace = &w.trace
	for n := range s.Users {
		w.Number(person(n)) // whoever speaks first
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
			w.trace.add(Event{Who: "redis", What: Holds, Text: fmt.Sprintf("%d %s", k.DB, k.Name), TTL: k.TTL.Seconds()})
		}
		return nil
	})
	closed := w.Close()
	if _, leak := errors.AsType[*Leak](closed); !leak {
		err = errors.Join(err, closed)
	}
	result.excused, result.err = w.excused, err
	return result
}

// take does what a step says, and does not wait for what comes of it.
func (w *World) take(s Step) error {
	if s.Who != "" {
		return w.writeBeside(Message{s.Who, s.Content})
	}
	return w.applyBeside(s.Fault)
}

// story writes steps as lines.
func story(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	return b.String()
}
