package flow_test

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"wappasim/fakewa"
	"wappasim/fakewa/internal/flowtest"
)

// bot is a bot with the endpoint of a flow, as Meta's guide describes it.
type bot struct {
	answer   func(request map[string]any) (status int, answer any)
	raw      func(w http.ResponseWriter) bool // writes the answer itself; nil: it does not
	straight bool                             // the initial vector is not inverted

	mu       sync.Mutex // guards what follows
	requests []map[string]any
	bodies   [][]byte
	webhooks []string
}

type object = map[string]any

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.URL.Path != "/flow" {
		b.webhooks = append(b.webhooks, string(body))
		return
	}
	b.bodies = append(b.bodies, body)
	if r.Header.Get("X-Hub-Signature-256") != fakewa.Sign("secret", body) {
		w.WriteHeader(432)
		return
	}
	opened, err := flowtest.Open(body)
	if err != nil {
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	request := opened.Fields
	b.requests = append(b.requests, request)
	if b.raw != nil && b.raw(w) {
		return
	}
	status, answer := b.reply(request)
	text, _ := json.Marshal(answer)
	if status != http.StatusOK {
		w.WriteHeader(status)
		_, _ = w.Write(text)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, opened.Seal(answer, !b.straight))
}

var tables = []any{object{"id": "window", "title": "At the window"}, object{"id": "door", "title": "At the door", "enabled": false}}

// reply answers as a bot that takes bookings; answer may say otherwise, with a status.
func (b *bot) reply(request map[string]any) (int, any) {
	data, _ := request["data"].(map[string]any)
	if data["error"] != nil {
		return 200, object{"data": object{"acknowledged": true}}
	}
	if b.answer != nil {
		if status, answer := b.answer(request); status != 0 {
			return status, answer
		}
	}
	switch request["action"] {
	case "ping":
		return 200, object{"data": object{"status": "active"}}
	case "INIT", "BACK":
		return 200, object{"screen": "DAY", "data": object{"tables": tables}}
	}
	if request["screen"] == "DAY" {
		return 200, object{"screen": "DETAILS", "data": object{"held": data["table"].(string) + " on " + data["day"].(string)}}
	}
	return 200, object{"screen": "SUCCESS", "data": object{"extension_message_response": object{"params": object{"flow_token": request["flow_token"], "booking": "7"}}}}
}
