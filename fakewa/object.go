package fakewa

import (
	"net/http"

	"wappasim/fakewa/graph"
)

// object answers calls to the app, and to objects that earlier calls made: media,
// templates, groups and flows.
func (s *Server) object(r *http.Request, body []byte) (any, *graph.Error) {
	id := r.PathValue("id")
	s.mu.Lock()
	m, _ := s.media.Get(id, s.clock.Now())
	isTemplate := s.templateByID(id) != nil
	s.mu.Unlock()
	switch {
	case id == s.cfg.AppID && r.Method == http.MethodGet:
		return s.getApp(r, body)
	case s.cfg.Flows.Has(id):
		return s.cfg.Flows.Object(r, body)
	case m != nil:
		return s.mediaObject(r, m.File)
	case isTemplate && r.Method == http.MethodGet:
		return s.getTemplate(r, body)
	case isTemplate && r.Method == http.MethodPost:
		return s.editTemplate(r, body)
	}
	return s.unknownObject(r, body)
}

// owns tells whether an id belongs to this business.
func (s *Server) owns(id string) bool {
	if id == s.cfg.PhoneNumberID || id == s.cfg.BusinessID || id == s.cfg.AppID || s.Groups.Has(id) {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.media.Has(id) || s.resumable.Has(id) || s.templateByID(id) != nil || s.cfg.Flows.Has(id)
}
