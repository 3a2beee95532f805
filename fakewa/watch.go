package fakewa

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/event"
)

// Wait returns the messages that a filter chooses as soon as there is at least one. It
// fails if ctx ends before, or the server is closed.
func (s *Server) Wait(ctx context.Context, f Filter) ([]Message, error) {
	for {
		s.mu.Lock()
		chosen := s.choose(f)
		w := &waiter{s.chooser(f), make(chan struct{})}
		if len(chosen) == 0 {
			s.waiters[w] = true
		}
		s.mu.Unlock()
		if len(chosen) > 0 {
			return chosen, nil
		}
		err := w.wait(ctx, s.closing)
		s.mu.Lock()
		delete(s.waiters, w)
		s.mu.Unlock()
		if err != nil {
			return nil, fmt.Errorf("fakewa: wait for a message: %w", err)
		}
	}
}

// waiter is a call of Wait.
type waiter struct {
	chooses func(*Message) bool
	woken   chan struct{} // closed when there may be a message
}

func (w *waiter) wait(ctx, closing context.Context) error {
	select {
	case <-w.woken:
		return nil
	case <-closing.Done():
		return errors.New("the server was closed")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tell notes that a message was said or has another status, and wakes those who wait for
// it. The caller holds mu.
func (s *Server) tell(m *Message, kind event.Kind) {
	s.happened.Add(happening{at: s.clock.Now(), kind: kind, user: m.User, about: m, status: m.Status})
	for w := range s.waiters {
		if w.chooses(m) {
			s.wake(w)
		}
	}
}

func (s *Server) wake(w *waiter) {
	delete(s.waiters, w)
	close(w.woken)
}

// happening is an event as the server keeps it: with a pointer to what it is about, from
// which the event is made when somebody reads it.
type happening struct {
	at     time.Time
	kind   event.Kind
	user   string
	about  any    // a pointer; what it points to does not change, except for messages and webhooks under way
	status string // of a message: the one that it had then
	of     uint64 // number of an event
}

// note notes that something has happened.
func (s *Server) note(kind event.Kind, user string, about any) {
	s.happened.Add(happening{at: s.clock.Now(), kind: kind, user: user, about: about})
}

func (s *Server) noteFault(kind event.Kind, user string, f Fault) { s.note(kind, user, &f) }

// concerns returns the user whom a webhook concerns; "": nobody. The caller holds mu.
func (s *Server) concerns(hook Webhook) string {
	if hook.user == "" && len(hook.IDs) > 0 {
		if m := s.byID[hook.IDs[0]]; m != nil {
			return m.User
		}
	}
	return hook.user
}

// Events returns what happens, as it happens: the events after a number (0: from the first
// that is kept, [math.MaxUint64]: only what comes after the call) that a filter chooses. It waits for the
// next one until ctx or the server ends. Nobody waits for a slow reader: the server keeps
// as many events as [Config.Limit], and the reader gets an [event.Lost] for those that it
// was too slow to read. Several may read at once.
func (s *Server) Events(ctx context.Context, after uint64, f event.Filter) iter.Seq[event.Event] {
	after = min(after, s.happened.Last())
	return func(yield func(event.Event) bool) {
		const batch = 64
		read := make([]happening, batch)
		for {
			first, missing, n, ok := s.happened.Read(ctx, after, read)
			if !ok {
				return
			}
			if missing > 0 && !yield(event.Event{N: first - 1, At: read[0].at, Kind: event.Lost, Data: event.Gap{From: first - missing, To: first - 1}}) {
				return
			}
			for _, e := range s.chosen(first, read[:n], f) {
				if ctx.Err() != nil || !yield(e) {
					return
				}
			}
			after = first + uint64(n) - 1
		}
	}
}

// chosen returns the events that a filter chooses.
func (s *Server) chosen(first uint64, happened []happening, f event.Filter) (events []event.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.User != "" {
		f.User = s.user(f.User)
	}
	for i, h := range happened {
		if f.Chooses(h.kind, h.user) {
			e := event.Event{N: first + uint64(i), At: h.at, Kind: h.kind, User: h.user, Of: h.of}
			h.fill(&e)
			events = append(events, e)
		}
	}
	return events
}

// fill sets what an event shows of what it is about. The caller holds the server's mu.
func (h happening) fill(e *event.Event) {
	switch about := h.about.(type) {
	case *Message:
		m := *about
		if m.Status = h.status; m.Status != "failed" {
			m.Error = nil // it failed later
		}
		e.IDs, e.Data = []string{m.ID}, m
	case *Delivery:
		for _, id := range about.IDs { // "sent wamid.…" for a status, and the field for what is about no message
			if id = id[strings.LastIndexByte(id, ' ')+1:]; strings.HasPrefix(id, "wamid.") && !slices.Contains(e.IDs, id) {
				e.IDs = append(e.IDs, id)
			}
		}
		if h.kind == event.Webhook { // its other fields are written when the bot answers
			e.Data = event.Delivery{Field: about.Field, Attempt: about.Attempt, URL: about.URL, Signature: about.Signature, Body: about.Body}
		} else {
			e.Took, e.Data = about.Took, *about
		}
	case *Request:
		if about.ID != "" {
			e.IDs = []string{about.ID}
		}
		e.Took, e.Data = about.took, *about
	case *Fault:
		e.Data = *about
	case *Profile:
		e.Data = *about
	case *event.Beginning:
		e.Data = *about
	case *event.Move:
		e.Data = *about
	}
}
