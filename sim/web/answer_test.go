package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"wappasim/sim/web"
)

// TestAPanicEndsOneRequest has a handler break: the next request is answered.
func TestAPanicEndsOneRequest(t *testing.T) {
	s, err := web.New(web.Config{Bot: newKeeper})
	if err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil { // net/http does
				t.Error("nothing broke")
			}
		}()
		s.Broken().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil))
	}()
	next, answered := httptest.NewRecorder(), make(chan struct{})
	go func() {
		defer close(answered)
		s.ServeHTTP(next, httptest.NewRequest("GET", "http://localhost/_sim/", nil))
	}()
	select {
	case <-answered:
	case <-time.After(10 * time.Second):
		t.Fatal("the next request waits for one that is over")
	}
	if next.Code != http.StatusOK {
		t.Errorf("got %d %s", next.Code, next.Body)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
