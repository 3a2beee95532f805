package sim

import (
	"slices"
	"time"
)

// appointment is something that the world does at its time.
type appointment struct {
	at time.Time
	do func() error
}

// after has the world do something later. Of two things at the same time, the one
// that was asked for first comes first.
func (w *World) after(d time.Duration, do func() error) {
	a := appointment{time.Now().Add(d), do}
	at, _ := slices.BinarySearchFunc(w.agenda, a.at, func(b appointment, t time.Time) int {
		if b.at.After(t) {
			return 1
		}
		return -1
	})
	w.agenda = slices.Insert(w.agenda, at, a)
}

// due takes the next thing off the agenda whose time has come.
func (w *World) due() (do func() error, ok bool) {
	if len(w.agenda) == 0 || w.agenda[0].at.After(time.Now()) {
		return nil, false
	}
	do = w.agenda[0].do
	w.agenda = w.agenda[1:]
	return do, true
}
