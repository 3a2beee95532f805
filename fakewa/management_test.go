package fakewa_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"wappasim/fakewa"
)

const account = "102290129340398"

// asked is a call, and the answer that it must get.
type asked struct {
	method, path, body string
	status, code       int    // of the error; 0: there is none
	has                string // what the answer must contain
}

// ask makes calls in order.
func ask(t *testing.T, s *fakewa.Server, calls ...asked) {
	t.Helper()
	for _, a := range calls {
		status, answer := call(t, s, a.method, "/v23.0/"+a.path, "Bearer any", a.body)
		var got struct{ Error struct{ Code int } }
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatalf("%s %s %s: %v: %s", a.method, a.path, a.body, err, answer)
		}
		if status != a.status || got.Error.Code != a.code || !strings.Contains(answer, a.has) {
			t.Errorf("%s %s %.200s:\ngot  %d %s\nwant %d %d %s", a.method, a.path, a.body, status, answer, a.status, a.code, a.has)
		}
	}
}

// register is the body of a registration.
func register(pin string) string { return `{"messaging_product":"whatsapp","pin":"` + pin + `"}` }

// answering is a bot that answers the handshake, and keeps the paths of its webhooks.
type answering struct {
	recorder
	token string // that it expects
	paths []string
}

func (b *answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.Method == http.MethodGet {
		if q.Get("hub.verify_token") != b.token || q.Get("hub.mode") != "subscribe" {
			http.Error(w, "go away", http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, q.Get("hub.challenge"))
		return
	}
	b.mu.Lock()
	b.paths = append(b.paths, r.URL.Path)
	b.mu.Unlock()
	b.recorder.ServeHTTP(w, r)
}

func (b *answering) last() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.paths) == 0 {
		return ""
	}
	return b.paths[len(b.paths)-1]
}
