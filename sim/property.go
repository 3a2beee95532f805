package sim

import (
	"time"

	"wappasim/sim/trace"
)

// Property is something that holds in every run: a check of the whole trace.
type Property struct {
	Name string

	// Assumes is what the property rests on. Violations while a fault takes that away
	// are excused, and counted.
	Assumes []Assumption

	// Check returns the violations that the trace shows.
	Check func(*trace.Trace) []Violation

	sometimes bool
}

// Violation is a property that did not hold.
type Violation struct {
	At    time.Time // when it began: a fault before may excuse it
	Until time.Time // when it was over; before At: at once
	Why   string
}

// Sometimes is a property of a test and not of a bot: in at least one run of an
// exploration, a rare path was taken. It proves that the workload and its faults
// reach the code that they are meant to test.
func Sometimes(name string, taken func(*trace.Trace) bool) Property {
	return Property{Name: "sometimes " + name, sometimes: true, Check: func(t *trace.Trace) []Violation {
		if taken(t) {
			return nil
		}
		return []Violation{{Why: "it was never so"}}
	}}
}
