package control_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// on returns a function that calls the control API of a platform with one business.
func on(t *testing.T) (call func(method, path, body string) *httptest.ResponseRecorder, platform *fakewa.Platform) {
	t.Helper()
	platform, err := fakewa.NewPlatform(fakewa.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(platform.Close)
	handler := control.Handler(platform)
	return func(method, path, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(method, "http://127.0.0.1:4004/_fakewa/"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		handler.ServeHTTP(w, r)
		return w
	}, platform
}

// TestMedia gets the bytes of a file that calls itself a page: no browser may run it.
func TestMedia(t *testing.T) {
	call, platform := on(t)
	const script = "<script>alert(1)</script>"
	w := call("POST", "users/16505551234/messages", `{"type":"document","document":{"mime_type":"text/html; charset=utf-8","data":"`+base64.StdEncoding.EncodeToString([]byte(script))+`"}}`)
	sent := platform.First().Conversation("+16505551234")
	if len(sent) != 1 {
		t.Fatalf("%d, %s", w.Code, w.Body)
	}
	var message struct{ Document struct{ ID string } }
	if err := json.Unmarshal(sent[0].Body, &message); err != nil {
		t.Fatal(err)
	}
	w = call("GET", "media/"+message.Document.ID, "")
	if w.Code != http.StatusOK || w.Body.String() != script {
		t.Errorf("%d, %s", w.Code, w.Body)
	}
	if h := w.Header(); h.Get("Content-Type") != "text/html; charset=utf-8" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox;") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the header is %v", h)
	}
	if w := call("GET", "media/1", ""); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `there is no file \"1\"`) {
		t.Errorf("without a file: %d, %s", w.Code, w.Body)
	}
	if requests := platform.First().Requests(); len(requests) != 0 {
		t.Errorf("the log of requests has %v", requests)
	}
}

// TestAddTemplate adds a template that can be sent at once, and one that breaks a rule.
func TestAddTemplate(t *testing.T) {
	call, platform := on(t)
	body := `{"name":"order","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Order {{1}} is ready."}]}`
	w := call("POST", "templates", body)
	var made struct{ ID string }
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != http.StatusCreated {
		t.Fatalf("%d, %s, %v", w.Code, w.Body, err)
	}
	added := platform.First().Templates()
	if last := added[len(added)-1]; last.ID != made.ID || last.Name != "order" || last.Status != "APPROVED" {
		t.Errorf("added %v, id %s", last, made.ID)
	}
	for refused, reason := range map[string]string{
		body: "already a template of this name",
		`{"name":"Order","language":"en","category":"UTILITY","components":[]}`: "a-z, 0-9 and _ only",
		`{"title":"order"}`: "want a body like",
	} {
		if w := call("POST", "templates", refused); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), reason) {
			t.Errorf("%s: %d, %s; want %s", refused, w.Code, w.Body, reason)
		}
	}
}
