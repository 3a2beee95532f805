// Package people are those who use a bot in an exploration. A [Person] decides what to do
// next, from what they have seen:
//
//	shy := func(m people.Moment) people.Act {
//		if len(m.Past) > 0 && len(m.Offered()) == 0 {
//			return people.Read()
//		}
//		return people.Anybody(m)
//	}
//	workload := sim.Workload{People: []people.Person{people.Tapper, shy}}
//
// [Anybody] is who a workload has by default. The package knows no world: it only decides.
package people

import (
	"math/rand/v2"
	"slices"
	"time"

	"wappasim/fakewa"
)

// Person decides what somebody does. It may depend on nothing but the moment, since runs
// of the same seed must be equal. It is called for several runs at once.
type Person func(Moment) Act

// Moment is when somebody may act, and what they know then.
type Moment struct {
	Who   string
	Now   time.Time
	Rand  *rand.Rand       // of this moment alone
	Words string           // unlike those of any other moment of the run
	Seen  []fakewa.Message // what arrived from the bot and what they sent, oldest first
	Past  []Act            // what they did, oldest first
}

// Offer is a button or a row that can be tapped.
type Offer struct {
	Title, ID string
	Message   int // that offers it, in Moment.Seen
}

// Offered returns all that can be tapped, also in older messages; the latest message is
// the first one, and each message's offers are in order.
func (m Moment) Offered() (all []Offer) {
	for i, message := range slices.Backward(m.Seen) {
		for _, c := range message.Choices {
			if c.Sends() {
				all = append(all, Offer{c.Title, c.ID, i})
			}
		}
	}
	return all
}

// Flows returns the flows that can be opened; the latest one is the first.
func (m Moment) Flows() (all []Offer) {
	for i, message := range slices.Backward(m.Seen) {
		for _, c := range message.Choices {
			if c.Kind == "flow" {
				all = append(all, Offer{c.Title, c.ID, i})
			}
		}
	}
	return all
}

// latest returns the offers of the latest message that has any.
func latest(offered []Offer) []Offer {
	for i, o := range offered {
		if o.Message != offered[0].Message {
			return offered[:i]
		}
	}
	return offered
}

// one draws one of several.
func one[T any](m Moment, all []T) T { return all[m.Rand.IntN(len(all))] }
