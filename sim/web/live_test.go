package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"wappasim/sim/trace"
	"wappasim/sim/web"
)

// message is one of a stream of Server-Sent Events.
type message struct{ id, event, data string }

// stream reads a stream until what it is for is there, or ctx ends.
func (c client) stream(ctx context.Context, path, lastID string, enough func(message) bool) (all []message, err error) {
	r, err := http.NewRequestWithContext(ctx, "GET", c.url+path, nil)
	if err != nil {
		return nil, err
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var m message
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			m.id = value
		case "event":
			m.event = value
		case "data":
			m.data = value
		case "":
			if m == (message{}) { // a comment, or when to come back
				continue
			}
			if all = append(all, m); enough(m) {
				return all, nil
			}
			m = message{}
		}
	}
	return all, errors.New("the stream is over")
}

// events are those of a stream, without what it says of the world.
func events(all []message) (found []trace.Event) {
	for _, m := range all {
		if m.event == "" {
			var e trace.Event
			_ = json.Unmarshal([]byte(m.data), &e) // an event that is none equals no other
			found = append(found, e)
		}
	}
	return found
}

// TestTwoClientsAtOnce has two people write, time pass and Redis be looked at by clients that
// know nothing of each other, while two streams see everything that happens, in order.
func TestTwoClientsAtOnce(t *testing.T) {
	c := serve(t, web.Config{Replicas: 2})
	c.must("POST", "/_sim/people", `{"name":"Ana"}`)
	c.must("POST", "/_sim/people", `{"name":"Ben"}`)
	const each = 10
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var clients, streams sync.WaitGroup
	seen := make([][]message, 2)
	for i := range seen {
		streams.Go(func() {
			var err error
			seen[i], err = c.stream(ctx, "/_sim/events", "", func(m message) bool {
				return strings.Contains(m.data, "last of all") && strings.Contains(m.data, `"what":"calls"`)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for _, who := range []string{"Ana", "Ben"} {
		clients.Go(func() {
			for n := range each {
				c.say(who, fmt.Sprint(who, n))
				c.must("POST", "/_sim/time", `{"advance":"1s"}`)
				c.must("GET", "/_sim/redis", "")
				c.must("GET", "/_sim/faults", "")
			}
		})
	}
	clients.Wait()
	c.say("Ana", "last of all")
	c.must("POST", "/_sim/time", `{"advance":"10s"}`)
	streams.Wait()
	var want []trace.Event
	for line := range strings.Lines(c.must("GET", "/_sim/keep?as=trace", "")) {
		var e trace.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		want = append(want, e)
	}
	for _, all := range seen {
		got := events(all)
		if len(got) < 100 || !slices.EqualFunc(got, want[:min(len(got), len(want))], func(a, b trace.Event) bool { return a.String() == b.String() }) {
			t.Errorf("a stream shows %d events, of %d:\n%v", len(got), len(want), got)
		}
		if all[0].event != "world" || all[0].id != "" {
			t.Errorf("a stream begins with %+v", all[0])
		}
	}
	for _, who := range []string{"Ana", "Ben"} {
		if got := strings.Join(c.texts(who), " "); strings.Count(got, who) != each {
			t.Errorf("%s receives %s", who, got)
		}
	}
}

// TestStreamGoesOn reads on after the last event that a reader has seen, with a filter, and
// from the beginning when the world has begun anew.
func TestStreamGoesOn(t *testing.T) {
	c := serve(t, web.Config{})
	c.say("Ana", "one")
	c.say("Ben", "two")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	one, err := c.stream(ctx, "/_sim/events?what=says&who=Ana", "", func(m message) bool { return strings.Contains(m.data, `"one"`) })
	if err != nil || len(events(one)) != 1 {
		t.Fatalf("got %+v, %v", one, err)
	}
	rest, err := c.stream(ctx, "/_sim/events?what=says", one[len(one)-1].id, func(m message) bool { return m.id != "" })
	if err != nil || len(events(rest)) != 1 || events(rest)[0].Text != "two" {
		t.Errorf("after %s: got %+v, %v", one[len(one)-1].id, rest, err)
	}
	c.must("POST", "/_sim/restart", `{"to":2}`)
	anew, err := c.stream(ctx, "/_sim/events?what=says&after="+rest[len(rest)-1].id, "", func(m message) bool { return m.id != "" })
	if err != nil || !strings.HasPrefix(anew[len(anew)-1].id, "2.") || events(anew)[0].Text != "one" {
		t.Errorf("after a restart: got %+v, %v", anew, err)
	}
}

// TestRealPace lets time run, and stand still.
func TestRealPace(t *testing.T) {
	c := serve(t, web.Config{})
	c.say("Ana", "one")
	if got := c.must("POST", "/_sim/time", `{"pace":"real"}`); !strings.Contains(got, `"pace":"real"`) {
		t.Errorf("got %s", got)
	}
	c.must("POST", "/_sim/time", `{"advance":"9500ms"}`) // the bot answers in half a second
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := c.stream(ctx, "/_sim/events?what=calls", "", func(m message) bool { return strings.Contains(m.data, "You said: one") }); err != nil {
		t.Error(err)
	}
	c.must("POST", "/_sim/time", `{"pace":"paused"}`)
	stands := c.state()
	for range 30 { // three times as long as time takes to move
		time.Sleep(10 * time.Millisecond)
	}
	if s := c.state(); s.Pace != "paused" || !s.Now.Equal(stands.Now) {
		t.Errorf("time moves from %s to %s", stands.Now, s.Now)
	}
	passes(t, c.must("GET", "/_sim/keep?as=scenario", ""))
}

// TestHeldMessages has a fault hold two messages until both are there.
func TestHeldMessages(t *testing.T) {
	c := serve(t, web.Config{})
	c.must("POST", "/_sim/faults", `{"sentence":"the next 2 messages come in one webhook"}`)
	if got := c.say("Ana", "one"); !strings.Contains(got, `"id":""`) || !strings.Contains(got, "a fault holds the message") {
		t.Errorf("got %s", got)
	}
	if got := c.say("Ana", "two"); !strings.Contains(got, `"status":200`) || !strings.Contains(got, `"id":"wamid.`) {
		t.Errorf("got %s", got)
	}
	c.must("POST", "/_fakewa/clock", `{"advance":"10s"}`)
	if got := c.texts("Ana"); !slices.Equal(got, []string{"You said: one, two"}) {
		t.Errorf("Ana receives %q", got)
	}
	c.say("Ana", "three")
	if got := c.must("GET", "/_fakewa/messages?user=%2B15550000001&direction=out&wait=30s&after="+url.QueryEscape(c.last("Ana")), ""); !strings.Contains(got, "You said: three") {
		t.Errorf("got %s", got)
	}
	if now := c.state().Now.Format(time.TimeOnly); now != "09:00:20" {
		t.Errorf("the bot answered after 10 seconds, and it is %s", now)
	}
	passes(t, c.must("GET", "/_sim/keep?as=scenario", ""))
}

// last returns the id of the last message of a conversation.
func (c client) last(who string) string {
	c.t.Helper()
	var got struct{ Messages []struct{ ID string } }
	if err := json.Unmarshal([]byte(c.must("GET", "/_fakewa/users/"+who+"/messages", "")), &got); err != nil || len(got.Messages) == 0 {
		c.t.Fatalf("%s has no messages: %v", who, err)
	}
	return got.Messages[len(got.Messages)-1].ID
}

// TestFaultsAreInSight lets faults of each sort begin, and looks how they are shown.
func TestFaultsAreInSight(t *testing.T) {
	c := serve(t, web.Config{Replicas: 2})
	for _, sentence := range []string{
		"replica 1 crashes", "replica 2 crashes after API call 3 like \"messages\"", "replica 2 freezes for 1 minute", "the clock of replica 2 jumps by 5 seconds",
		"Redis takes 2 seconds for 1 hour", "expiry events are off", "the next 2 expiry events are lost", "the next webhook is cut off", "the next 3 messages come in reverse order", "the token expires for 5 minutes",
	} {
		c.must("POST", "/_sim/faults", fmt.Sprintf(`{"sentence":%q}`, sentence))
		want := sentence
		if sentence == "replica 1 crashes" {
			want = "replica 1 is down"
		}
		if got := c.state().Active; !slices.Contains(got, want) {
			t.Errorf("%q is not active: %q", want, got)
		}
	}
	if got := c.must("GET", "/_sim/next", ""); !strings.Contains(got, `{"at":"2026-01-05T09:05:00Z","what":"fault ends","text":"the token expires for 5 minutes"}`) {
		t.Errorf("next is %s", got)
	}
	c.must("POST", "/_sim/time", `{"advance":"6m"}`)
	if got := c.state().Active; slices.Contains(got, "the token expires for 5 minutes") || slices.Contains(got, "replica 2 freezes for 1 minute") || !slices.Contains(got, "Redis takes 2 seconds for 1 hour") {
		t.Errorf("after 6 minutes: %q", got)
	}
	if got := c.must("DELETE", "/_sim/faults", ""); !strings.Contains(got, `"active":[]`) {
		t.Errorf("healed: %s", got)
	}
}

// TestDocumentHasEveryRoute compares the document with what the server answers.
func TestDocumentHasEveryRoute(t *testing.T) {
	c := serve(t, web.Config{})
	doc, err := openapi3.NewLoader().LoadFromData([]byte(c.must("GET", "/_sim/openapi.yaml", "")))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if path == "/events" { // endless
				continue
			}
			target := "/_sim" + path
			if path == "/keep" {
				target += "?as=scenario"
			}
			status, body := c.do(method, target, "")
			if status == http.StatusNotFound || status == http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d %s", method, path, status, body)
			}
			described := op.Responses.Status(status)
			if described == nil {
				t.Errorf("%s %s: status %d is not described: %s", method, path, status, body)
				continue
			}
			if media := described.Value.Content.Get("application/json"); media != nil {
				var value any
				if err := json.Unmarshal([]byte(body), &value); err != nil {
					t.Errorf("%s %s: %v", method, path, err)
				} else if err := media.Schema.Value.VisitJSON(value); err != nil {
					t.Errorf("%s %s: %v", method, path, err)
				}
			}
		}
	}
}
