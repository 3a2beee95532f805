package fakewa_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

func TestNewAccountHasHelloWorld(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	got := accept[struct{ Data []templateAnswer }](t, s, "GET", templates, "").Data
	if len(got) != 1 || got[0].Name != "hello_world" || got[0].Language != "en_US" || got[0].Status != "APPROVED" || got[0].Category != "UTILITY" || got[0].ID == "" {
		t.Fatalf("got %+v", got)
	}
	if status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", sendTemplate("hello_world", "en_US", "")); status != 200 {
		t.Errorf("got %d %s", status, answer)
	}
	s.Reset(7)
	if got := s.Templates(); len(got) != 1 || got[0].Name != "hello_world" {
		t.Errorf("after a reset: %+v", got)
	}
}

func TestOnlyApprovedTemplateIsSent(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	created := accept[templateAnswer](t, s, "POST", templates, `{"name":"order","language":"de","category":"utility","components":[{"type":"body","text":"Order {{1}} is here.","example":{"body_text":[["7"]]}}]}`)
	if created.ID == "" || created.Status != "PENDING" || created.Category != "UTILITY" {
		t.Fatalf("got %+v", created)
	}
	got := accept[templateAnswer](t, s, "GET", "/v23.0/"+created.ID, "")
	if got.Name != "order" || got.ParameterFormat != "POSITIONAL" || len(got.Components) != 1 || got.Components[0]["type"] != "BODY" || got.Components[0]["text"] != "Order {{1}} is here." {
		t.Errorf("got %+v", got)
	}
	if few := accept[map[string]any](t, s, "GET", "/"+created.ID+"?fields=status", ""); len(few) != 2 || few["status"] != "PENDING" || few["id"] != created.ID {
		t.Errorf("got %+v", few)
	}
	send := func() (int, string) {
		return call(t, s, "POST", "/"+number+"/messages", "Bearer x", sendTemplate("order", "de", bodyTexts("7")))
	}
	status, answer := send()
	refusal{404, 132001, 0, "it is PENDING, not APPROVED"}.check(t, status, answer)
	for _, step := range []struct{ status, reason, wantReason, wantAdvice string }{ // Meta's page of message_template_status_update
		{"REJECTED", "INVALID_FORMAT", "INVALID_FORMAT", "Put words between variables"},
		{"REJECTED", "SCAM", "SCAM", "ask for no secrets"},
		{"REJECTED", "", "INVALID_FORMAT", "Put words between variables"},
		{"REJECTED", "OTHER", "OTHER", "Read Meta's rules"},
		{"APPROVED", "", "NONE", ""},
	} {
		before := len(templateWebhooks(t, s, bot))
		if err := s.SetTemplateStatus("order", "de", step.status, step.reason); err != nil {
			t.Fatal(err)
		}
		all := templateWebhooks(t, s, bot)
		if len(all) != before+1 {
			t.Fatalf("got %v", all)
		}
		v := all[before]
		if v["event"] != step.status || v["message_template_id"] != json.Number(created.ID) || v["message_template_name"] != "order" ||
			v["message_template_language"] != "de" || v["reason"] != step.wantReason || v["message_template_category"] != "UTILITY" {
			t.Errorf("got %v", v)
		}
		if info, ok := v["rejection_info"].(map[string]any); ok != (step.wantAdvice != "") || ok && (info["reason"] == "" || !strings.Contains(info["recommendation"].(string), step.wantAdvice)) {
			t.Errorf("%s: got %v", step.reason, v)
		}
		bodies := bot.all()
		if last := bodies[len(bodies)-1]; !strings.Contains(last, `"time":1767603600`) {
			t.Errorf("there is no time in %s", last)
		}
	}
	if status, answer := send(); status != 200 {
		t.Errorf("got %d %s", status, answer)
	}
	if err := s.SetTemplateStatus("order", "fr", "APPROVED", ""); err == nil || !strings.Contains(err.Error(), "order") {
		t.Errorf("another language: %v", err)
	}
	if err := s.SetTemplateStatus("order", "de", "FINE", ""); err == nil || !strings.Contains(err.Error(), "PAUSED") {
		t.Errorf("another status: %v", err)
	}
}

func TestApproveTemplatesApprovesAtOnce(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{ApproveTemplates: true})
	created := accept[templateAnswer](t, s, "POST", templates, `{"name":"order","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Hi."}]}`)
	if created.Status != "APPROVED" {
		t.Errorf("got %+v", created)
	}
	accept[map[string]bool](t, s, "POST", "/"+created.ID, `{"components":[{"type":"BODY","text":"Ho."}]}`)
	if got := templateWebhooks(t, s, bot); len(got) != 2 || got[0]["event"] != "APPROVED" || got[1]["event"] != "APPROVED" {
		t.Errorf("got %v", got)
	}
}

func TestControlSetsTemplateStatus(t *testing.T) {
	s, err := fakewa.NewPlatform(fakewa.Config{Clock: fakewa.StillClock(fixed())})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id := addTemplate(t, s.First(), "order", "de", "UTILITY", `[{"type":"BODY","text":"Hi."}]`)
	addTemplate(t, s.First(), "order", "en", "UTILITY", `[{"type":"BODY","text":"Hi."}]`)
	do := func(method, path, body string) (int, string) {
		rec := httptest.NewRecorder()
		control.Handler(s).ServeHTTP(rec, httptest.NewRequest(method, "http://localhost/_fakewa/"+path, strings.NewReader(body)))
		return rec.Code, rec.Body.String()
	}
	statuses := func() (all string) {
		for _, t := range s.First().Templates() {
			all += t.Language + " " + t.Status + ","
		}
		return all
	}
	if status, answer := do("POST", "templates/"+id, `{"status":"PAUSED"}`); status != 200 || statuses() != "en_US APPROVED,de PAUSED,en APPROVED," {
		t.Errorf("got %d %s, %s", status, answer, statuses())
	}
	if status, answer := do("POST", "templates/order", `{"status":"DISABLED","reason":"x"}`); status != 200 || statuses() != "en_US APPROVED,de DISABLED,en DISABLED," {
		t.Errorf("got %d %s, %s", status, answer, statuses())
	}
	if status, answer := do("GET", "templates", ""); status != 200 || strings.Count(answer, `"status":"DISABLED"`) != 2 || !strings.Contains(answer, `"components":[{`) {
		t.Errorf("got %d %s", status, answer)
	}
	if status, answer := do("POST", "templates/nothing", `{"status":"APPROVED"}`); status != 404 || !strings.Contains(answer, "nothing") {
		t.Errorf("got %d %s", status, answer)
	}
	if status, answer := do("POST", "templates/order", `{"status":"approved"}`); status != 400 || !strings.Contains(answer, "IN_APPEAL") {
		t.Errorf("got %d %s", status, answer)
	}
}
