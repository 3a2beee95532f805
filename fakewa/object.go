package fakewa

import (
	"net/http"

	"wappasim/fakewa/graph"
)

// object answers calls to what was made by calls, and has an id since.
func (s *Server) object(r *http.Request, body []byte) (any, *graph.Error) {
	id := r.PathValue("id")
	s.mu.Lock()
	m, _ := s.media.Get(id, s.clock.Now())
	isTemplate := s.templateByID(id) != nil
	s.mu.Unlock()
	switch {
	case m != nil:
		return s.mediaObject(r, m.File)
	case isTemplate && r.Method == http.MethodGet:
		return s.getTemplate(r, body)
	case isTemplate && r.Method == http.MethodPost:
		return s.editTemplate(r, body)
	}
	return s.nothing(r, body)
}
