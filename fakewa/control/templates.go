package control

import (
	"net/http"
	"slices"

	"wappasim/fakewa"
)

func listTemplates(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]any{"templates": list(s.Templates())}, nil
}

// setTemplateStatus sets the status of the template with an id, or of the templates
// with a name in all languages.
func setTemplateStatus(s *fakewa.Server, r *http.Request) (any, error) {
	var body struct {
		Status string `json:"status"`
		Reason string `json:"reason"`
	}
	if err := readBody(r, &body, `{"status":"APPROVED","reason":""}`); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	if !slices.ContainsFunc(s.Templates(), func(t fakewa.Template) bool { return t.ID == id || t.Name == id }) {
		return nil, notFound("fakewa: set the status of template %q: no template has this id or name; GET templates lists them", id)
	}
	return success, s.SetTemplateStatus(id, "", body.Status, body.Reason)
}
