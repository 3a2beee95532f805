package fakewa

import (
	"context"
	"errors"
	"fmt"
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

// tell wakes those who wait for a message. The caller holds mu.
func (s *Server) tell(m *Message) {
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
