package fakewa_test

import (
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestEditedTemplateIsPendingAgain(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	id := addTemplate(t, s, "order", "de", "UTILITY", `[{"type":"BODY","text":"Old."}]`)
	accept[map[string]bool](t, s, "POST", "/v23.0/"+id, `{"components":[{"type":"BODY","text":"New {{name}}.","example":{"body_text_named_params":[{"param_name":"name","example":"Ana"}]}}],"parameter_format":"named"}`)
	got := accept[templateAnswer](t, s, "GET", "/"+id, "")
	if got.Status != "PENDING" || got.Name != "order" || got.Category != "UTILITY" || got.ParameterFormat != "NAMED" || got.Components[0]["text"] != "New {{name}}." {
		t.Errorf("got %+v", got)
	}
	if hooks := templateWebhooks(t, s, bot); len(hooks) != 1 || hooks[0]["event"] != "PENDING" {
		t.Errorf("got %v", hooks)
	}
	status, answer := call(t, s, "POST", "/"+id, "Bearer x", `{}`)
	refusal{400, 100, 2388039, "PENDING"}.check(t, status, answer)
	if err := s.SetTemplateStatus("order", "", "PAUSED", ""); err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]refusal{
		`{"components":[{"type":"BODY","text":"For {{name}} again."}]}`: {400, 100, 2388043, "example.body_text_named_params"},
		`{"components":[{"type":"BODY","txt":"x"}]}`:                    {400, 100, 0, "components[0].txt is a key that the API does not know"},
		`{"name":"other"}`:   {400, 100, 0, "cannot be changed"},
		`{"language":"fr"}`:  {400, 100, 0, "cannot be changed"},
		`{"components":[]}`:  {400, 100, 2388072, "no BODY"},
		`{"components":"x"}`: {400, 100, 0, "components is a string"},
		`{"category":7}`:     {400, 100, 0, "category"},
		`x`:                  {400, 100, 0, "JSON"},
	} {
		status, answer := call(t, s, "POST", "/"+id, "Bearer x", body)
		want.check(t, status, answer)
	}
	if again := accept[templateAnswer](t, s, "GET", "/"+id, ""); again.Status != "PAUSED" || again.Components[0]["text"] != "New {{name}}." {
		t.Errorf("a refused edit changed it: %+v", again)
	}
	for _, method := range []string{"GET", "POST"} {
		if status, answer := call(t, s, method, "/123456", "Bearer x", "{}"); status != 400 || !strings.Contains(answer, "GraphMethodException") {
			t.Errorf("%s of another id: got %d %s", method, status, answer)
		}
	}
}

func TestTemplateIsDeletedByNameOrID(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	const components = `[{"type":"BODY","text":"Hi."}]`
	de := addTemplate(t, s, "order", "de", "UTILITY", components)
	addTemplate(t, s, "order", "en", "UTILITY", components)
	addTemplate(t, s, "order", "fr", "UTILITY", components)
	for query, details := range map[string]string{
		"":                          "name is missing",
		"?name=other":               `"other"`,
		"?name=order&hsm_id=1":      `hsm_id is "1"`,
		"?name=other&hsm_id=" + de:  `"other"`,
		"?hsm_id=" + de:             "name is missing",
		"?name=hello_world&hsm_id=": "",
	} {
		status, answer := call(t, s, "DELETE", templates+query, "Bearer x", "")
		if details == "" {
			if status != 200 {
				t.Errorf("%s: got %d %s", query, status, answer)
			}
			continue
		}
		refusal{400, 100, 0, details}.check(t, status, answer)
	}
	accept[map[string]bool](t, s, "DELETE", templates+"?name=order&hsm_id="+de, "")
	if got := s.Templates(); len(got) != 2 || got[0].Language != "en" {
		t.Errorf("got %+v", got)
	}
	accept[map[string]bool](t, s, "DELETE", templates+"?name=order", "")
	if got := s.Templates(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	if hooks := templateWebhooks(t, s, bot); len(hooks) != 4 || hooks[3]["event"] != "PENDING_DELETION" {
		t.Errorf("got %v", hooks)
	}
	addTemplate(t, s, "order", "de", "UTILITY", components)
}
