package fakewa

import (
	"errors"
	"net/http"
)

func (s *Server) controlTemplates(*http.Request) (any, error) {
	return map[string]any{"templates": append([]Template{}, s.Templates()...)}, nil
}

// controlTemplate sets the status of the template with an id, or of those with a
// name in all languages.
func (s *Server) controlTemplate(r *http.Request) (any, error) {
	var body struct {
		Status string `json:"status"`
		Reason string `json:"reason"`
	}
	if err := read(r, &body, `{"status":"APPROVED","reason":""}`); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	err := s.setTemplateStatus(id, body.Status, body.Reason, func(t *storedTemplate) bool { return t.ID == id || t.Name == id })
	if errors.Is(err, errNoTemplate) {
		err = &problem{http.StatusNotFound, err}
	}
	return success, err
}
