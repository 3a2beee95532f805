package fakewa_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// FuzzMessages looks for bodies that break the server.
func FuzzMessages(f *testing.F) {
	f.Add(hi)
	f.Add(`{"messaging_product":"whatsapp","status":"read","message_id":"x"}`)
	f.Fuzz(func(t *testing.T, body string) {
		s := fakewa.New(fakewa.Config{})
		defer s.Close()
		if status, answer := call(t, s, "POST", "/v1.0/"+number+"/messages", "Bearer x", body); status != 200 && status != 400 {
			t.Errorf("%d %s", status, answer)
		}
	})
}

// FuzzControl looks for calls of the control API that break it: a panic, a hang or
// a status of 500 and more. A call that waits, for a message or for the clock, ends
// with its caller, and so do two calls after it, in virtual time: a deadlock makes
// the bubble fail.
func FuzzControl(f *testing.F) {
	for _, call := range []string{
		"GET openapi.yaml", `POST clock {"advance":"168h"}`, `POST clock {"advance":"2562047h47m16.854775807s"}`,
		"GET businesses", `POST businesses {"business_id":"1","phone_number_id":"2","parallel":-1,"redeliver":"1h","recipients":["1"],"rules":{"Contacts":1}}`,
		"DELETE businesses/1", "GET users", "GET users/1", `PATCH users/1 {"name":"A","silent":true}`, "GET users/1/messages",
		`POST users/1/messages {"type":"image","image":{}}`, `POST users/1/messages {"type":"interactive","interactive":null}`,
		`POST users/16505551234/tap {"choice":"Yes"}`, `POST users/16505551234/react {"message_id":"x","emoji":"y"}`, "POST users/16505551234/read", "POST users/1/play",
		`POST messages {"messages":[{"from":"1","type":"text","text":{"body":"hi"}},null]}`, "GET messages?wait=5m&user=9&since=2026-01-05T09:00:00Z",
		"GET requests", "GET webhooks", "POST webhooks/1/redeliver", `POST errors {"code":1}`, "GET webhook", `PUT webhook {"url":"http://a/b?c"}`,
		"GET number", `PATCH number {"quality_rating":"RED"}`, "GET templates", `POST templates/hello_world {"status":"PAUSED"}`, "GET faults",
		`POST faults {"endpoint":"webhook","delay":"1h","probability":0.5,"every":2}`, "DELETE faults", "DELETE faults/1", "GET state", `POST reset {"seed":7}`,
		"GET businesses/106540352242922/users", "GET %2e%2e/..", "GET ", "GET events?user=1&kind=message", "GET events?after=-1",
	} {
		words := strings.SplitN(call, " ", 3)
		f.Add(words[0], words[1], strings.Join(words[2:], ""))
	}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		target, err := url.Parse("/_fakewa/" + path)
		if err != nil {
			return // no client sends it
		}
		synctest.Test(t, func(t *testing.T) {
			bot := &recorder{status: 503}
			p, err := fakewa.NewPlatform(fakewa.Config{Webhook: bot, Clock: fakewa.StillClock(fixed()), Redeliver: time.Hour, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			api := control.Handler(p)
			serve := func(method string, target *url.URL, body string) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				r, err := http.NewRequestWithContext(ctx, method, "http://localhost/", strings.NewReader(body))
				if err != nil {
					return // no client sends it
				}
				r.URL, r.RequestURI = target, target.RequestURI()
				w := httptest.NewRecorder()
				if api.ServeHTTP(w, r); w.Code >= 500 {
					t.Errorf("%s %s %s: %d %s", method, target, body, w.Code, w.Body)
				}
			}
			serve("POST", &url.URL{Path: "/_fakewa/users/" + ana + "/messages"}, `{"type":"text","text":{"body":"hi"}}`)
			call(t, p.First(), "POST", "/"+number+"/messages", "Bearer x", buttons)
			serve(method, target, body)
			serve("GET", &url.URL{Path: "/_fakewa/state"}, "")
			serve("POST", &url.URL{Path: "/_fakewa/clock"}, `{"advance":"2h"}`)
		})
	})
}
