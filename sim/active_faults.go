package sim

import (
	"fmt"
	"slices"
	"time"

	"wappasim/sim/internal/inside"
	"wappasim/sim/trace"
)

// lasting is a fault that lasts.
type lasting struct {
	fault Fault
	to    time.Time // zero: until all faults heal
	undo  func()
	over  bool
	left  func() (n int, any bool) // how many times it still happens; nil: it lasts until it is over
}

// end undoes the fault once.
func (l *lasting) end() {
	if !l.over {
		l.over = true
		l.undo()
	}
}

// left makes a left of a fault that does not count, and that others can end too.
func left(lasts func() bool) func() (int, bool) {
	return func() (int, bool) { return 0, lasts() }
}

// until undoes a fault at its end: after its time, or when all faults heal.
func (w *World) until(f Fault, undo func()) *lasting {
	l := &lasting{fault: f, undo: undo}
	w.lasting = append(w.lasting, l)
	if f.For > 0 {
		l.to = time.Now().Add(f.For).UTC()
		w.after(f.For, func() error {
			if !l.over {
				w.trace.Add(trace.Event{Who: "world", What: trace.Injects, Text: fmt.Sprintf("no longer: %s", f)})
			}
			l.end()
			return nil
		})
	}
	return l
}

// leftOf returns how many calls a fault of the fake still meets.
func (w *World) leftOf(id int) (n int, any bool) {
	for _, f := range w.fake.Faults() {
		if f.ID == id {
			return f.Times, true
		}
	}
	return 0, false
}

// active returns what is wrong now, and with what is to come.
func (w *World) active() (all []inside.Fault) {
	add := func(sentence string, to time.Time) {
		if f := (inside.Fault{Sentence: sentence, Until: to}); !slices.Contains(all, f) { // one that began for each replica
			all = append(all, f)
		}
	}
	_ = w.do(func() error {
		w.lasting = slices.DeleteFunc(w.lasting, func(l *lasting) bool { return l.over })
		for _, l := range w.lasting {
			f := l.fault
			if l.left != nil {
				n, any := l.left()
				if !any {
					continue
				}
				f.N = n
			}
			add(f.String(), l.to)
		}
		if len(w.lasting) == 0 && w.redisDown {
			add(Fault{Kind: RedisDown}.String(), time.Time{})
		}
		alone := len(w.replicas) == 1 // then it is "the bot", as in what people type
		for i := range w.replicas {
			r := w.replica(i)
			if r == nil && alone {
				add("the bot is down", time.Time{})
				continue
			} else if r == nil {
				add(fmt.Sprintf("replica %d is down", i+1), time.Time{})
				continue
			}
			for _, f := range r.link.comingFaults(i + 1) {
				if alone && f.Kind == Crash {
					f.Replica = 0
				}
				add(f.String(), time.Time{})
			}
		}
		w.mu.Lock()
		coming := slices.Concat(w.eventFaults, w.webhookFaults)
		w.mu.Unlock()
		w.services.mu.Lock()
		coming = append(coming, w.services.faults...)
		w.services.mu.Unlock()
		if w.holding.Kind != "" {
			coming = append(coming, w.holding)
		}
		for _, f := range coming {
			add(f.String(), time.Time{})
		}
		return nil
	})
	return all
}

// comingFaults returns where the replica is to crash, and how far its clock is off.
func (l *link) comingFaults(replica int) (coming []Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, where := range crashPointNames {
		if p, ok := l.crashPoints[where]; ok {
			coming = append(coming, Fault{Kind: Crash, Replica: replica, Point: where, N: p.n, Like: p.like.String()})
		}
	}
	if l.jump != 0 {
		coming = append(coming, Fault{Kind: ClockJumps, Replica: replica, By: l.jump})
	}
	return coming
}
