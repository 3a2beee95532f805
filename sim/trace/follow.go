package trace

import (
	"context"
	"iter"
)

// batch is how many events Follow takes out of a trace at once, at most: nobody keeps a long one
// for a reader that is slow.
const batch = 256

// Follow returns the events after the one with the number n (0: from the first), as they
// happen, until ctx ends. Events after End are [Leaks] only. An event [Commands] comes again,
// with the same number, if Redis answers when it was given away already: the later one
// counts. The trace keeps all events, and nobody waits for a slow reader. The reader may be
// outside of the world's bubble.
func (t *Trace) Follow(ctx context.Context, n int) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		r := t.From(n)
		for ctx.Err() == nil {
			events, changed := r.wait()
			for _, e := range events {
				if ctx.Err() != nil || !yield(e) {
					return
				}
			}
			if len(events) > 0 {
				continue
			}
			select {
			case <-changed:
			case <-ctx.Done():
				t.forget(changed)
			}
		}
	}
}

// Reader reads a trace part by part, as [Trace.Follow] does, and does not wait. It is used by
// one goroutine at a time.
type Reader struct {
	trace *Trace
	told  int // the number of the last event that was given away
	heard int // how many answers were; -1: those that are in the events
}

// From returns a reader of the events after the one with the number n (0: from the first).
func (t *Trace) From(n int) *Reader { return &Reader{t, max(n, 0), -1} }

// Next returns at most so many of the events that come next, and none after the one with the
// number last. An event comes again as in [Trace.Follow]. Nothing is returned if there is no
// more by now.
func (r *Reader) Next(most, last int) []Event {
	r.trace.mu.Lock()
	defer r.trace.mu.Unlock()
	return r.next(most, last)
}

// next is Next for those who hold mu.
func (r *Reader) next(most, last int) (events []Event) {
	t := r.trace
	if r.heard < 0 { // what was answered before is in the events
		r.heard = len(t.answered)
	}
	for ; r.heard < len(t.answered) && len(events) < most; r.heard++ {
		if of := t.answered[r.heard]; of <= r.told {
			events = append(events, t.event(of))
		}
	}
	for last = min(last, len(t.events)); r.told < last && len(events) < most; {
		r.told++
		events = append(events, t.event(r.told))
	}
	return events
}

// wait returns what comes next. If there is nothing, it returns a channel of the reader's own
// that is closed when there is: one made elsewhere may belong to another bubble.
func (r *Reader) wait() (events []Event, changed chan struct{}) {
	t := r.trace
	t.mu.Lock()
	defer t.mu.Unlock()
	if events = r.next(batch, len(t.events)); len(events) == 0 {
		changed = make(chan struct{})
		if t.followers == nil {
			t.followers = make(map[chan struct{}]bool)
		}
		t.followers[changed] = true
	}
	return events, changed
}

// event returns an event with its answer. The caller holds mu.
func (t *Trace) event(n int) Event {
	e := t.events[n-1]
	if answer, ok := t.answers[n]; ok {
		e.Answer = answer
	}
	return e
}

// change wakes those who follow. The caller holds mu.
func (t *Trace) change() {
	for changed := range t.followers {
		close(changed)
	}
	clear(t.followers)
}

func (t *Trace) forget(changed chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.followers, changed)
}
