package stacktest

import (
	"sync"
	"time"
)

// watchEvery is how often the watchdog wakes.
const watchEvery = 20 * time.Millisecond

// watchdog measures how late the machine wakes a process that has nothing to do.
var watchdog = sync.OnceValue(func() *lateness {
	w := &lateness{}
	go func() {
		for due := time.Now().Add(watchEvery); ; due = time.Now().Add(watchEvery) {
			time.Sleep(time.Until(due))
			if late := time.Since(due); late > watchEvery {
				w.mu.Lock()
				w.seen = append(w.seen, lateWake{due, late})
				w.mu.Unlock()
			}
		}
	}()
	return w
})

type lateness struct {
	mu   sync.Mutex
	seen []lateWake // guarded by mu
}

type lateWake struct {
	due  time.Time
	late time.Duration
}

// Late returns by how much the machine was late in all between two times, which
// extends a bound on what another process does between them.
func Late(from, to time.Time) (sum time.Duration) {
	w := watchdog()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.seen {
		if s.due.Add(s.late).After(from) && s.due.Before(to) {
			sum += s.late
		}
	}
	return sum
}
