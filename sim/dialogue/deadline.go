package dialogue

import (
	"net/http"
	"time"

	"wappasim/sim/trace"
)

// deadlines knows until when the bot has to answer what a person does.
type deadlines struct {
	within   time.Duration
	messages map[string]delivery // that WhatsApp has tried to deliver
	fault    time.Time           // of the first fault; zero: there was none
	calm     time.Time           // since when nothing has gone wrong any more
}

// delivery is what became of a message: when the bot answered its webhook, with 200 for the
// first time, or with something else for the last time.
type delivery struct {
	answered time.Time // zero: never
	ok       bool      // with 200
}

func newDeadlines(events []trace.Event, within time.Duration) *deadlines {
	d := &deadlines{within: within, messages: make(map[string]delivery)}
	for i := range events {
		switch e := &events[i]; e.What {
		case trace.Delivers:
			for _, id := range e.IDs {
				if _, known := d.messages[id]; !known {
					d.messages[id] = delivery{}
				}
			}
		case trace.Answers:
			for _, id := range e.IDs {
				if e.Status != 0 && !d.messages[id].ok {
					d.messages[id] = delivery{e.At, e.Status == http.StatusOK}
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
		sent, known := d.messages[id]
		switch {
		case !known: // the trace does not tell of webhooks
		case sent.answered.IsZero():
			return time.Time{}, false
		default:
			from = sent.answered
		}
	}
	until = from.Add(d.within)
	if late := d.calm.Add(d.within); !d.fault.IsZero() && !d.fault.After(until) && late.After(until) {
		until = late
	}
	return until, true
}
