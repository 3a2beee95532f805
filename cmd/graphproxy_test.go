package cmd_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// graphProxy stands between the replicas and the fake's Graph API. Each replica has
// a URL of its own, so that it is known who calls.
type graphProxy struct {
	url  string
	fake http.Handler // set before the first call
	seen func(graphCall) (lose bool)
}

// graphCall is a text that the fake has taken, and whose sender does not have the
// answer yet.
type graphCall struct {
	replica            int
	at                 time.Time // when it came
	user, text, opaque string
	id                 string
	gaveUp             bool // the replica no longer waited when the fake had dealt with it
}

type callerKey struct{}

type caller struct {
	replica int
	at      time.Time
}

func startGraphProxy(t *testing.T, seen func(graphCall) (lose bool)) *graphProxy {
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

// urlOf is the Graph URL of a replica.
func (p *graphProxy) urlOf(replica int) string { return p.url + "/" + strconv.Itoa(replica) + "/v23.0" }

func (p *graphProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, rest, _ := strings.Cut(r.URL.Path[1:], "/")
	replica, err := strconv.Atoi(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	r = r.Clone(context.WithValue(r.Context(), callerKey{}, caller{replica, time.Now()}))
	r.URL.Path, r.URL.RawPath = "/"+rest, ""
	p.fake.ServeHTTP(w, r)
}

// onRequest is told by the fake of each call, before it is answered.
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
	if p.seen(graphCall{from.replica, from.at, body.To, body.Text.Body, body.Opaque, r.ID, r.Lost}) {
		panic(http.ErrAbortHandler) // the connection breaks, and the answer is lost
	}
}
