package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"wappasim/fakewa"
	"wappasim/sim/people"
)

// turn is when somebody may act, or when a fault begins.
type turn struct {
	at     time.Duration // since the run began
	who    int           // of the Users; -1: fault begins
	fault  Fault
	words  string
	n      int  // among the turns
	paused bool // it was put off
}

// schedule is the turns of a seed that are still to come.
type schedule struct {
	workload Workload
	seed     uint64
	turns    []turn
	past     map[int][]people.Act // of each person
}

var names = []string{"Ana", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "Jana"}

func person(n int) string {
	if n < len(names) {
		return names[n]
	}
	return fmt.Sprintf("%s%d", names[n%len(names)], n/len(names)+1)
}

var fruits = []string{"apple", "banana", "cherry", "date", "elder", "fig", "grape", "hazel", "iris", "juniper", "kiwi", "lemon", "mango", "nutmeg", "olive", "pear"}

// draw draws the schedule of a seed.
func (s Workload) schedule(seed uint64) *schedule {
	r := source(seed, "story") // another word would change every seed
	var on []FaultKind
	for _, k := range s.Faults {
		if k.ofService() && len(s.services) == 0 {
			continue // without a draw: the steps are those of a workload without the kind
		}
		if r.IntN(2) == 0 {
			on = append(on, k)
		}
	}
	all := &schedule{workload: s, seed: seed, past: make(map[int][]people.Act)}
	var at time.Duration
	words := 0
	for n := range s.Events {
		at += s.pause(r)
		if len(on) > 0 && r.IntN(3) == 0 {
			fault, _ := s.draw(on[r.IntN(len(on))], r)
			all.turns = append(all.turns, turn{at: at, who: -1, fault: fault, n: n})
			continue
		}
		words++
		who := r.IntN(s.Users)
		all.turns = append(all.turns, turn{at: at, who: who, words: fmt.Sprintf("%s %03d", fruits[r.IntN(len(fruits))], words), n: n})
	}
	return all
}

// pause draws a pause from a millisecond to the longest; each order of magnitude is
// equally likely.
func (s Workload) pause(r *rand.Rand) time.Duration {
	least := float64(time.Millisecond)
	scale := math.Log(max(float64(s.Longest)/least, 1))
	return time.Duration(least * math.Exp(r.Float64()*scale))
}

// play takes the turns, one after another, and returns the steps that they became.
func (all *schedule) play(w *World, began time.Time) (steps []Step, err error) {
	for len(all.turns) > 0 {
		t := all.turns[0]
		if err := w.passUntil(began.Add(t.at)); err != nil {
			return steps, err
		}
		step := Step{At: t.at, Fault: t.fault}
		if t.who >= 0 {
			step.Who, step.Act = person(t.who), all.decide(w, t)
			if step.Act.Kind == people.Pauses && !t.paused {
				all.putOff(t.who, step.Act.For)
				continue
			}
		}
		all.turns = all.turns[1:]
		possible, err := w.take(step)
		if err != nil {
			return steps, err
		}
		if possible {
			steps = append(steps, step)
			all.past[t.who] = append(all.past[t.who], step.Act)
		}
	}
	return steps, nil
}

// decide asks the person whose turn it is.
func (all *schedule) decide(w *World, t turn) people.Act {
	user := w.Number(person(t.who))
	arrived := make(map[string]bool)
	for _, m := range w.fake.Phone(user).Inbox() {
		arrived[m.ID] = true
	}
	seen := slices.DeleteFunc(w.fake.Conversation(user), func(m fakewa.Message) bool { return m.Direction == fakewa.Out && !arrived[m.ID] })
	p := all.workload.People[t.who%len(all.workload.People)]
	return p(people.Moment{
		Who: person(t.who), Now: time.Now().UTC(), Rand: source(all.seed, fmt.Sprint("turn ", t.n)),
		Words: t.words, Seen: seen, Past: all.past[t.who],
	})
}

// putOff puts off all turns of a person.
func (all *schedule) putOff(who int, d time.Duration) {
	for i := range all.turns {
		if all.turns[i].who == who {
			all.turns[i].at += max(d, 0)
		}
	}
	for i, t := range all.turns { // the one that has begun
		if t.who == who {
			all.turns[i].paused = true
			break
		}
	}
	slices.SortStableFunc(all.turns, func(a, b turn) int { return int(a.at - b.at) })
}
