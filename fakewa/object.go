package fakewa

import (
	"net/http"

	"wappasim/fakewa/graph"
)

// object answers calls to what was made by calls, and has an id since.
func (s *Server) object(r *http.Request, body []byte) (any, *graph.Error) {
	id := r.PathValue("id")
	s.mu.Lock()
	m, _ := s.media.get(id, s.clock.Now())
	s.mu.Unlock()
	if m != nil {
		return s.mediaObject(r, m.Media)
	}
	// The place for templates: what has the id answers.
	return s.nothing(r, body)
}
