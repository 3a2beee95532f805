// Package capture leads http.DefaultTransport into bubbles of virtual time.
//
//	end := capture.Begin(stacks.Bubble(), transport) // in a bubble
//	defer end()
//	resp, err := http.Get(url) // goes to transport
//
// Goroutines outside of such bubbles keep the transport that was there before.
package capture

import (
	"net/http"
	"sync"

	"wappasim/sim/internal/stacks"
)

// transport is http.DefaultTransport from the first Begin on.
type transport struct {
	before http.RoundTripper

	mu      sync.Mutex // guards what follows
	bubbles map[string]http.RoundTripper
}

var install = sync.OnceValue(func() *transport {
	t := &transport{before: http.DefaultTransport, bubbles: make(map[string]http.RoundTripper)}
	http.DefaultTransport = t
	return t
})

// Begin lets the requests that goroutines of a bubble make with http.DefaultTransport go to
// another transport, until end is called. The first Begin replaces http.DefaultTransport for
// the rest of the process.
func Begin(bubble string, to http.RoundTripper) (end func()) {
	t := install()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bubbles[bubble] = to
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.bubbles, bubble)
	}
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	to, ok := t.bubbles[stacks.Bubble()]
	t.mu.Unlock()
	if !ok {
		to = t.before
	}
	return to.RoundTrip(req)
}

// CloseIdleConnections is for [http.Client.CloseIdleConnections].
func (t *transport) CloseIdleConnections() {
	if before, ok := t.before.(interface{ CloseIdleConnections() }); ok {
		before.CloseIdleConnections()
	}
}
