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
	// The place for templates: a look-up here, its answer beside that of media.
	s.mu.Unlock()
	if m != nil {
		return s.mediaObject(r, m.Media)
	}
	return s.nothing(r, body)
}
