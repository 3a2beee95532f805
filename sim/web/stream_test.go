package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/sim/web"
)

// TestStreamOfTheFake follows the world's WhatsApp while people write, and gets everything of
// the new world after a restart, whatever it has seen of the old one.
func TestStreamOfTheFake(t *testing.T) {
	c := serve(t, web.Config{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c.say("Ana", "one")
	said := func(text string) func(message) bool {
		return func(m message) bool { return m.event == "message" && strings.Contains(m.data, text) }
	}
	one, err := c.stream(ctx, "/_fakewa/events", "", said("one"))
	if err != nil {
		t.Fatal(err)
	}
	seen := one[len(one)-1].id
	done := make(chan []message)
	go func() {
		all, err := c.stream(ctx, "/_fakewa/events", seen, said("two"))
		if err != nil {
			t.Error(err)
		}
		done <- all
	}()
	c.must("POST", "/_sim/time", `{"advance":"3s"}`)
	c.say("Ben", "two")
	for _, m := range <-done {
		if m.event == "begin" || said("one")(m) {
			t.Errorf("after %s comes again %+v", seen, m)
		}
	}
	open, ended := make(chan bool, 1), make(chan error)
	go func() {
		_, err := c.stream(ctx, "/_fakewa/events", "", func(m message) bool {
			if said("two")(m) {
				open <- true
			}
			return false
		})
		ended <- err
	}()
	<-open
	c.must("POST", "/_sim/restart", `{"to":2}`)
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "the stream is over") {
		t.Errorf("the stream of the old world: %v", err)
	}
	again, err := c.stream(ctx, "/_fakewa/events", seen, said("one"))
	if err != nil || again[0].event != "begin" && again[1].event != "begin" {
		t.Errorf("of the new world: got %+v, %v", again, err)
	}
}

// TestForeignPagesAreRefused sends what the page of somebody else could have a browser send.
func TestForeignPagesAreRefused(t *testing.T) {
	c := serve(t, web.Config{Hosts: []string{"world.test"}})
	host := strings.TrimPrefix(c.url, "http://")
	for _, path := range []string{"POST /_sim/time", "POST /_sim/restart", "GET /_sim/", "GET /_sim/keep?as=trace", "POST /_fakewa/users/Ana/read", "GET /_sim/events", "GET /_fakewa/events", "GET /_fakewa/messages"} {
		for _, foreign := range []map[string]string{
			{"Host": "elsewhere.example"},
			{"Origin": "http://elsewhere.example"},
			{"Origin": "null"},
			{"Sec-Fetch-Site": "cross-site"},
		} {
			if status := c.as(path, foreign); status != http.StatusForbidden {
				t.Errorf("%s with %v: %d", path, foreign, status)
			}
		}
	}
	for _, own := range []map[string]string{{}, {"Origin": "http://" + host, "Sec-Fetch-Site": "same-origin"}, {"Host": "localhost"}, {"Host": "world.test:80"}} {
		if status := c.as("GET /_sim/", own); status != http.StatusOK {
			t.Errorf("with %v: %d", own, status)
		}
		if status := c.as("GET /_fakewa/clock", own); status != http.StatusOK {
			t.Errorf("with %v: %d", own, status)
		}
	}
	if got := c.state(); got.Steps != 0 {
		t.Errorf("a foreign page has done something: %+v", got)
	}
}

// as sends a request with headers, and returns the status.
func (c client) as(request string, headers map[string]string) int {
	c.t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r, err := http.NewRequest(method, c.url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for name, value := range headers {
		if r.Header.Set(name, value); name == "Host" {
			r.Host = value
		}
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// TestPageAndRecording has the page at /, and a recording that needs no network.
func TestPageAndRecording(t *testing.T) {
	c := serve(t, web.Config{})
	c.say("Ana", "</script><b>one")
	if got := c.must("GET", "/", ""); !strings.HasPrefix(strings.ToLower(got), "<!doctype html>") {
		t.Errorf("the page is %.100s", got)
	}
	got := c.must("GET", "/_sim/keep?as=recording&name=a+talk", "")
	for _, want := range []string{"a talk", "Ana", "kept:15550000001", `b\u003eone`} {
		if !strings.Contains(got, want) {
			t.Errorf("the recording lacks %q", want)
		}
	}
	if strings.Contains(got, "</script><b>one") {
		t.Error("what people say ends the script of a recording")
	}
}
