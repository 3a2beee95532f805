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

// Assumption is what properties rest on. A fault that takes it away excuses what
// is violated meanwhile.
type Assumption string

const (
	// Redis is that Redis keeps what it was given. When that is gone, no bot can keep
	// what it had written there for a message or a history.
	Redis Assumption = "Redis"

	// Token is that WhatsApp takes what the bot sends: the access token is valid,
	// and no request is refused for good.
	Token Assumption = "token"
)

// excuse is an assumption that a fault took away, and from what to what time.
type excuse struct {
	assumption Assumption
	from, to   time.Time // from zero: since the world began; to zero: until all faults heal
	of         FaultKind
}

// underWay is how long what a bot has begun can take when an assumption goes: a call to
// the Graph API of 20 seconds, and the pauses between attempts.
const underWay = time.Minute

// permanent are codes after which the same request is refused again, so that a
// bot must give it up. Source: Meta's error reference for the Cloud API.
var permanent = map[int]bool{100: true, 190: true, 368: true, 131008: true, 131009: true, 131026: true, 131047: true, 131051: true}

// refusesForGood takes Token away if the code is a permanent one.
func refusesForGood(f Fault, now time.Time) *excuse {
	if !permanent[f.Code] {
		return nil
	}
	return refuses(f, now)
}

// refuses takes Token away: a message that was accepted before may be sent only now.
func refuses(f Fault, now time.Time) *excuse {
	e := &excuse{Token, time.Time{}, time.Time{}, f.Kind}
	if f.For > 0 {
		e.to = now.Add(f.For)
	}
	return e
}
