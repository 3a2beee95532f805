package control

import (
	"encoding/json"
	"net/http"
	"slices"

	"wappasim/fakewa"
)

func listTemplates(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]any{"templates": list(s.Templates())}, nil
}

// addTemplate adds a template that is approved.
func addTemplate(s *fakewa.Server, r *http.Request) (any, error) {
	var body struct {
		Name       string          `json:"name"`
		Language   string          `json:"language"`
		Category   string          `json:"category"`
		Format     string          `json:"parameter_format"`
		Components json.RawMessage `json:"components"`
	}
	if err := readBody(r, &body, `{"name":"order","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Order {{1}} is ready."}]}`); err != nil {
		return nil, err
	}
	id, err := s.AddTemplate(fakewa.Template{Name: body.Name, Language: body.Language, Category: body.Category, Format: body.Format, Components: body.Components})
	if err != nil {
		return nil, err
	}
	return created{map[string]string{"id": id}}, nil
}

// changeTemplate sets the status or the quality of the template with an id, or of the
// templates with a name in all languages.
func changeTemplate(s *fakewa.Server, r *http.Request) (any, error) {
	var body struct {
		Status  string `json:"status"`
		Reason  string `json:"reason"`
		Quality string `json:"quality"`
	}
	if err := readBody(r, &body, `{"status":"APPROVED","reason":""}`); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	if !slices.ContainsFunc(s.Templates(), func(t fakewa.Template) bool { return t.ID == id || t.Name == id }) {
		return nil, notFound("fakewa: set the status of template %q: no template has this id or name; GET templates lists them", id)
	}
	if body.Quality == "" {
		return success, s.SetTemplateStatus(id, "", body.Status, body.Reason)
	}
	if body.Status != "" {
		if err := s.SetTemplateStatus(id, "", body.Status, body.Reason); err != nil {
			return nil, err
		}
	}
	return success, s.Life.Rate(id, "", body.Quality)
}
