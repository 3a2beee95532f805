package stacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// graphProxy stands between the replicas and the fake's Graph API. Each incarnation of
// a replica has a URL of its own, so that it is known which of them calls.
type graphProxy struct {
	url  string
	fake http.Handler // set before the first call
	seen func(graphCall) (lose bool)
}

// graphCall is a message that the fake has accepted, and whose sender does not have
// the answer yet.
type graphCall struct {
	caller
	user, text, opaque string
	id                 string
	gaveUp             bool // the replica no longer waited when the fake had processed the call
}

type callerKey struct{}

// caller is who has called, and when the call came.
type caller struct {
	replica, incarnation int
	at                   time.Time
}

func startGraphProxy(t testing.TB, seen func(graphCall) (lose bool)) *graphProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &graphProxy{url: "http://" + listener.Addr().String(), seen: seen}
	server := &http.Server{Handler: p, ReadHeaderTimeout: time.Minute}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // it ends with Close
	}()
	t.Cleanup(func() {
		server.Close()
		<-served
	})
	return p
}

// urlOf is the Graph URL of an incarnation of a replica.
func (p *graphProxy) urlOf(replica, incarnation int) string {
	return fmt.Sprintf("%s/%d.%d/v23.0", p.url, replica, incarnation)
}

func (p *graphProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	from := caller{at: time.Now()}
	name, rest, _ := strings.Cut(r.URL.Path[1:], "/")
	if _, err := fmt.Sscanf(name, "%d.%d", &from.replica, &from.incarnation); err != nil {
		http.NotFound(w, r)
		return
	}
	r = r.Clone(context.WithValue(r.Context(), callerKey{}, from))
	r.URL.Path, r.URL.RawPath = "/"+rest, ""
	p.fake.ServeHTTP(w, r)
}

// onRequest is called by the fake for each call, before it is answered.
func (p *graphProxy) onRequest(ctx context.Context, r fakewa.Request) {
	from, ok := ctx.Value(callerKey{}).(caller)
	if !ok || r.ID == "" {
		return
	}
	var body struct {
		To     string                `json:"to"`
		Text   struct{ Body string } `json:"text"`
		Opaque string                `json:"biz_opaque_callback_data"`
	}
	if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
		return // the fake has read it
	}
	if p.seen(graphCall{from, body.To, body.Text.Body, body.Opaque, r.ID, r.Lost}) {
		panic(http.ErrAbortHandler) // the connection breaks, and the answer is lost
	}
}
