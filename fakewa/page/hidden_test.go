package page_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAHiddenPageDoesNotListen takes a page out of sight, has people write, and looks at it again:
// it has listened for what it missed and no more.
func TestAHiddenPageDoesNotListen(t *testing.T) {
	s := start(t)
	var mu sync.Mutex
	var streams []*http.Request
	s.hold = func(r *http.Request) {
		if r.URL.Path == "/_fakewa/events" {
			mu.Lock()
			defer mu.Unlock()
			streams = append(streams, r)
		}
	}
	p := s.open()
	p.Fill("Message", "before", ana)
	p.Press("Send", ana)
	p.Sees("you said before", ana)
	show := func(hidden string) {
		p.Until("the page knows", `Object.defineProperty(document, "hidden", { value: `+hidden+`, configurable: true }) && (document.dispatchEvent(new Event("visibilitychange")), true)`)
	}
	show("true")
	mu.Lock()
	first := streams[0]
	mu.Unlock()
	select {
	case <-first.Context().Done():
	case <-time.After(time.Minute):
		t.Fatal("a page out of sight still listens")
	}
	if _, err := s.platform.First().Phone("16505551234").Say(t.Context(), "meanwhile"); err != nil {
		t.Fatal(err)
	}
	show("false")
	p.Sees("you said meanwhile", ana)
	mu.Lock()
	defer mu.Unlock()
	if len(streams) != 2 || !strings.Contains(streams[1].URL.RawQuery, "after=") {
		t.Errorf("the page listened %d times, the last time to %s", len(streams), streams[len(streams)-1].URL)
	}
}
