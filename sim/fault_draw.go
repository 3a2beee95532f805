package sim

import (
	"math/rand/v2"
	"time"
)

// draws is what a fault in a workload is drawn from.
type draws struct {
	*rand.Rand
	replica  int      // drawn already
	services []string // their names
}

// upTo draws a number from 1 to n.
func (d draws) upTo(n int) int { return 1 + d.IntN(n) }

// between draws a time, in whole milliseconds.
func (d draws) between(least, most time.Duration) time.Duration {
	return (least + time.Duration(d.Int64N(int64(most-least)))).Round(time.Millisecond)
}

func (d draws) oneOf(codes []int) int { return codes[d.IntN(len(codes))] }

// service draws the name of a service.
func (d draws) service() string {
	if len(d.services) == 0 {
		return ""
	}
	return d.services[d.IntN(len(d.services))]
}

// points are where a replica can crash in a workload: at calls of services only if there are
// any, so that the seeds of others stay what they are.
func (d draws) points() []string {
	if len(d.services) == 0 {
		return crashPointNames[:4]
	}
	return crashPointNames
}

// unavailable are statuses that a service answers when the same call may be taken later.
var unavailable = []int{429, 500, 502, 503}

// temporary are codes that the API answers when the same request may be taken
// later.
var temporary = []int{429, 2, 4, 130429, 131000, 131016, 131056}

// asynchronous are codes of failed statuses after which the same message may be
// delivered later.
var asynchronous = []int{130429, 131000, 131056}

// AllFaults are the kinds of faults that a [Workload] can have.
var AllFaults []FaultKind = drawnKinds()

func drawnKinds() (kinds []FaultKind) {
	for _, row := range faults {
		if row.draw != nil {
			kinds = append(kinds, row.kind)
		}
	}
	return kinds
}

// draw draws a fault of a kind; ok is false if a workload has none of it.
func (s Workload) draw(k FaultKind, r *rand.Rand) (f Fault, ok bool) {
	f.Kind = k
	row := f.row()
	if row == nil || row.draw == nil {
		return Fault{}, false
	}
	row.draw(&f, draws{r, 1 + r.IntN(s.Replicas), s.services})
	return f, true
}
