package trace

import (
	"context"
	"iter"
)

// Follow returns the events after the one with the number n (0: from the first), as they
// happen, until ctx ends. Events after End are [Leaks] only. An event [Commands] comes again,
// with the same number, if Redis answers when it was given away already: the later one
// counts. The trace keeps all events, and nobody waits for a slow reader. The reader may be
// outside of the world's bubble.
func (t *Trace) Follow(ctx context.Context, n int) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		told, heard := max(n, 0), -1 // how many events, and how many answers; not yet known
		for ctx.Err() == nil {
			events, changed := t.since(told, &heard)
			for _, e := range events {
				if ctx.Err() != nil || !yield(e) {
					return
				}
				told = max(told, e.N)
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

// since returns the events after n, and those up to n that have got an answer since a reader
// has heard so many. If there are none, it returns a channel of the reader's own that is
// closed when there are: one made elsewhere may belong to another bubble.
func (t *Trace) since(n int, heard *int) (events []Event, changed chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if *heard < 0 { // what was answered before is in the events
		*heard = len(t.answered)
	}
	for _, of := range t.answered[*heard:] {
		if of <= n {
			events = append(events, t.event(of))
		}
	}
	*heard = len(t.answered)
	for of := n + 1; of <= len(t.events); of++ {
		events = append(events, t.event(of))
	}
	if len(events) == 0 {
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
