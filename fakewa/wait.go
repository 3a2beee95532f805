package fakewa

import (
	"context"
	"fmt"
)

// Wait returns the messages that a filter chooses as soon as there is one, or
// an error when ctx ends before.
func (s *Server) Wait(ctx context.Context, f Filter) ([]Message, error) {
	for {
		s.mu.Lock()
		chosen, news := s.choose(f), s.news
		s.mu.Unlock()
		if len(chosen) > 0 {
			return chosen, nil
		}
		select {
		case <-news:
		case <-s.closing.Done():
			return nil, fmt.Errorf("fakewa: wait for a message: the server was closed")
		case <-ctx.Done():
			return nil, fmt.Errorf("fakewa: wait for a message: %w", ctx.Err())
		}
	}
}
