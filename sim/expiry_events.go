package sim

import (
	"time"

	"wappasim/sim/internal/fakeredis"
	"wappasim/sim/trace"

	"wappasim/sim/duration"
)

// Next returns the expiry that Redis announces next, and when: the database and
// the key, like "3 wappa:EXPTRIGGER:…". The time is zero if there is none.
func (w *World) Next() (at time.Time, what string) {
	_ = w.do(func() error {
		w.redis.CatchUp()
		if e, ok := w.redis.Next(); ok {
			at, what = e.At.UTC(), e.String()
		}
		return nil
	})
	return at, what
}

// queueEventFault lets the next expiry events meet a fault.
func (w *World) queueEventFault(f Fault) error {
	f.N = max(f.N, 1)
	w.eventFaults = append(w.eventFaults, f)
	return nil
}

// nextFault takes the fault that the next event or webhook meets off a queue; the
// zero one: none.
func nextFault(queue *[]Fault) (f Fault) {
	if len(*queue) == 0 {
		return Fault{}
	}
	next := &(*queue)[0]
	f = *next
	if next.N--; next.N == 0 {
		*queue = (*queue)[1:]
	}
	return f
}

// expire announces an expired key, after applying any pending event fault.
func (w *World) expire(e fakeredis.Expiry) {
	event := trace.Event{Who: "redis", What: trace.Expires, Text: e.String()}
	announce := func() error { w.redis.Announce(e); return nil }
	fault := nextFault(&w.eventFaults)
	switch fault.Kind {
	case EventsLost:
		event.Lost = true
		w.trace.Add(event)
		return
	case EventsLate:
		event.Text += ", to be announced " + duration.Format(fault.By) + " late"
		w.after(fault.By, announce)
		w.trace.Add(event)
		return
	case EventsTwice:
		event.Text += ", to be announced twice"
		w.after(0, announce)
	}
	w.trace.Add(event)
	_ = announce()
}
