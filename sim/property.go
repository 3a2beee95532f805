package sim

import (
	"time"

	"wappasim/sim/trace"
)

// Property is something that holds in every run: a check of the whole trace.
type Property struct {
	Name string

	// Assumes is what the property rests on. Where fault takes that away, what
	// was promised then is excused, and counted.
	Assumes []Assumption

	// Check returns what the trace shows to be broken.
	Check func(*trace.Trace) []Violation

	sometimes bool
}

// Violation is a property that was not kept.
type Violation struct {
	At    time.Time // when that began for which the property was given
	Until time.Time // when that was over; before At: at once
	Why   string
}

// Sometimes is the property of a test and not of a bot: that a path which is
// rarely taken was taken, at least once in all the runs of an exploration. It
// proves that the story and its fault reach what they are meant to.
func Sometimes(name string, taken func(*trace.Trace) bool) Property {
	return Property{Name: "sometimes " + name, sometimes: true, Check: func(t *trace.Trace) []Violation {
		if taken(t) {
			return nil
		}
		return []Violation{{Why: "it was never so"}}
	}}
}
