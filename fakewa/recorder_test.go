package fakewa_test

import (
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"wappasim/fakewa"
)

// recorder is a bot that keeps the webhooks it gets.
type recorder struct {
	mu     sync.Mutex
	bodies []string // guarded by mu
	status int      // of the answers; 0: 200
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	if req.Method == http.MethodPost && req.Header.Get("X-Hub-Signature-256") != fakewa.Sign("secret", body) {
		http.Error(w, "wrong signature", http.StatusUnauthorized)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, string(body))
	if r.status != 0 {
		http.Error(w, "no", r.status)
	}
}

func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.bodies...)
}

// answer sets the status with which a bot answers.
func (r *recorder) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}
