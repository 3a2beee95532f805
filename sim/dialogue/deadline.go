package dialogue

import (
	"net/http"
	"time"

	"wappasim/sim/trace"
)

// deadlines knows until when the bot has to answer what a person does.
type deadlines struct {
	within    time.Duration
	delivered map[string]bool      // messages for which WhatsApp has tried
	taken     map[string]time.Time // when the bot answered for a message
	accepted  map[string]bool      // with 200
	fault     time.Time            // of the first fault; zero: there was none
	calm      time.Time            // since when nothing has gone wrong any more
}

func newDeadlines(events []trace.Event, within time.Duration) *deadlines {
	d := &deadlines{within: within, delivered: make(map[string]bool), taken: make(map[string]time.Time), accepted: make(map[string]bool)}
	for _, e := range events {
		switch e.What {
		case trace.Delivers:
			for _, id := range e.IDs {
				d.delivered[id] = true
			}
		case trace.Answers:
			for _, id := range e.IDs {
				if e.Status != 0 && !d.accepted[id] {
					d.taken[id], d.accepted[id] = e.At, e.Status == http.StatusOK
				}
			}
		case trace.Injects, trace.Crashes:
			if d.calm = e.At; d.fault.IsZero() {
				d.fault = e.At
			}
		case trace.Starts:
			if !d.fault.IsZero() {
				d.calm = e.At
			}
		}
	}
	return d
}

// of returns until when the bot has to answer an act; ok is false if it never got it.
func (d *deadlines) of(act *trace.Event) (until time.Time, ok bool) {
	from := act.At
	for _, id := range act.IDs {
		if !d.delivered[id] {
			continue // the trace does not tell
		}
		if from, ok = d.taken[id]; !ok {
			return time.Time{}, false
		}
	}
	until = from.Add(d.within)
	if late := d.calm.Add(d.within); !d.fault.IsZero() && !d.fault.After(until) && late.After(until) {
		until = late
	}
	return until, true
}
