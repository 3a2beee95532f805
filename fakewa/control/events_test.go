package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// told is one event as it came over HTTP.
type told struct {
	id, kind string
	N        uint64
	Kind     string
	User     string
	Data     struct {
		Name     string // of a profile
		Delay    string // of a fault
		From, To uint64 // of what was lost
	}
}

// follower reads a stream of events.
type follower struct {
	*testing.T
	lines *bufio.Scanner
	resp  *http.Response
}

// follow begins to read; headers are names and values.
func follow(t *testing.T, url string, headers ...string) *follower {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if typ := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || typ != "text/event-stream" {
		body, _ := io.ReadAll(resp.Body)
		t.Fatalf("%s: got %s %s: %s", url, resp.Status, typ, body)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return &follower{t, lines, resp}
}

// next returns the next event; more is false after the last one.
func (f *follower) next() (e told, more bool) {
	f.Helper()
	for f.lines.Scan() {
		name, value, _ := strings.Cut(f.lines.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				f.Errorf("%v: %s", err, value)
			}
		case "":
			if e.id != "" {
				if e.kind != e.Kind || !strings.HasPrefix(e.id, fmt.Sprint(e.N, "-")) {
					f.Errorf("event %s has id %s and says that it is %d, %s", e.kind, e.id, e.N, e.Kind)
				}
				return e, true
			}
		}
	}
	return e, false
}

// names returns the names in the next n events, which are all of profiles, or their kinds.
func (f *follower) names(n int) (names string, last string) {
	f.Helper()
	for range n {
		e, more := f.next()
		if !more {
			f.Fatalf("the stream ends after %q", names)
		}
		if names += " " + e.Kind; e.Data.Name != "" {
			names = strings.TrimSuffix(names, "profile") + e.Data.Name
		}
		last = e.id
	}
	return names, last
}

func served(t *testing.T, cfg fakewa.Config) (p *fakewa.Platform, url string) {
	t.Helper()
	p, err := fakewa.NewPlatform(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(control.Handler(p))
	t.Cleanup(server.Close)
	t.Cleanup(p.Close) // first: it ends the streams
	return p, server.URL + "/_fakewa/"
}

func rename(s *fakewa.Server, user string, names ...string) {
	for _, name := range names {
		s.Phone(user).SetProfile(fakewa.Profile{Name: name})
	}
}

func TestEventsComeAsTheyHappen(t *testing.T) {
	p, url := served(t, fakewa.Config{})
	f := follow(t, url+"events")
	if got, _ := f.names(1); got != " begin" {
		t.Errorf("first comes%s", got)
	}
	for _, name := range []string{"a", "b", "c"} { // each is there before the next one happens
		rename(p.First(), "1", name)
		if got, _ := f.names(1); got != " "+name {
			t.Errorf("then comes%s, want %s", got, name)
		}
	}
	p.First().Inject(fakewa.Fault{Endpoint: "messages", Delay: 90 * time.Second})
	if e, _ := f.next(); e.Kind != "fault_injected" || e.Data.Delay != "1m30s" {
		t.Errorf("got %+v", e)
	}
}

// TestReconnect breaks the connection, and goes on where it broke.
func TestReconnect(t *testing.T) {
	p, url := served(t, fakewa.Config{})
	rename(p.First(), "1", "a", "b", "c")
	first := follow(t, url+"events")
	_, last := first.names(3) // up to b
	first.resp.Body.Close()
	rename(p.First(), "1", "d")
	number, _, _ := strings.Cut(last, "-")
	for _, c := range []struct{ query, header, want string }{
		{"", last, " c d"},
		{"?after=1", last, " c d"},                            // the header wins: browsers keep the URL
		{"", number, " c d"},                                  // by hand
		{"?after=3", "", " c d"},                              //
		{"?after=" + last, "", " c d"},                        // an id
		{"?after=3-elsewhere", "", " begin a b c d"},          // of another fake
		{"?after=0", "", " begin a b c d"},                    //
		{"?after=3", number + "-elsewhere", " begin a b c d"}, // the fake was started again
	} {
		var headers []string
		if c.header != "" {
			headers = []string{"Last-Event-ID", c.header}
		}
		f := follow(t, url+"events"+c.query, headers...)
		if got, _ := f.names(len(strings.Fields(c.want))); got != c.want {
			t.Errorf("%s after %s: got%s, want%s", c.query, c.header, got, c.want)
		}
	}
	now := follow(t, url+"events?after=now")
	rename(p.First(), "1", "e")
	if got, _ := now.names(1); got != " e" {
		t.Errorf("from now on: got%s", got)
	}
}

func TestEventFilters(t *testing.T) {
	p, url := served(t, fakewa.Config{})
	s := p.First()
	rename(s, "1", "a")
	rename(s, "2", "b")
	s.RemoveFault(s.Inject(fakewa.Fault{Fails: 131026}))
	rename(s, "1", "c")
	for query, want := range map[string]string{
		"?user=1":                                 " begin a c",
		"?user=%2B+1&kind=profile":                " begin a c",
		"?kind=profile":                           " begin a b c",
		"?kind=fault_injected,fault_removed":      " begin fault_injected fault_removed",
		"?kind=fault_injected&kind=fault_removed": " begin fault_injected fault_removed",
	} {
		f := follow(t, url+"events"+query)
		if got, _ := f.names(len(strings.Fields(want))); got != want {
			t.Errorf("%s: got%s, want%s", query, got, want)
		}
	}
	for query, want := range map[string]string{
		"?kind=profiles": `kind is \"profiles\"; want one of begin, message`,
		"?user=Ana":      `\"Ana\" is neither a phone number`,
		"?after=x":       `is \"x\"; want the number of an event`,
		"?since=1":       `unknown parameter \"since\"; want one of`,
	} {
		resp, err := http.Get(url + "events" + query)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 400 || !strings.Contains(string(body), want) {
			t.Errorf("%s: got %s %s", query, resp.Status, body)
		}
	}
}

// TestSlowClientIsToldWhatItLost has a client come back when what it has missed is no
// longer kept.
func TestSlowClientIsToldWhatItLost(t *testing.T) {
	p, url := served(t, fakewa.Config{Limit: 3})
	rename(p.First(), "1", "a", "b", "c", "d", "e") // numbers 2 to 6
	f := follow(t, url+"events?after=1&kind=clock,profile")
	if e, _ := f.next(); e.Kind != "lost" || e.Data.From != 2 || e.Data.To != 3 || e.N != 3 {
		t.Errorf("got %+v", e)
	}
	if got, _ := f.names(3); got != " c d e" {
		t.Errorf("then got%s", got)
	}
}

// TestClientThatTakesNothingHoldsUpNobody has more happen than all buffers on the way
// hold, while a client does not read; then it reads, and is told what it has lost.
func TestClientThatTakesNothingHoldsUpNobody(t *testing.T) {
	const each = 4 << 10
	p, url := served(t, fakewa.Config{Limit: 100})
	f := follow(t, url+"events")
	long := strings.Repeat("x", 10<<10)
	for range each {
		rename(p.First(), "1", long) // 40 MiB in all
	}
	rename(p.First(), "1", "the last")
	next, lost := uint64(1), uint64(0)
	for {
		e, more := f.next()
		if !more {
			t.Fatalf("the stream ends after event %d", next-1)
		}
		if e.Kind == "lost" {
			if e.Data.From != next || e.Data.To < e.Data.From {
				t.Errorf("after event %d, %d to %d are lost", next-1, e.Data.From, e.Data.To)
			}
			lost += e.Data.To - e.Data.From + 1
		} else if e.N != next {
			t.Errorf("event %d comes after %d", e.N, next-1)
		}
		if next = e.N + 1; e.Data.Name == "the last" {
			break
		}
	}
	if lost == 0 || next != each+3 {
		t.Errorf("%d of %d events are lost", lost, next-1)
	}
}

func TestEventsEndWithTheBusiness(t *testing.T) {
	p, url := served(t, fakewa.Config{})
	second, err := p.Add(fakewa.Config{BusinessID: "1", PhoneNumberID: "2", Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	f := follow(t, url+"businesses/2/events")
	rename(second, "1", "a")
	rename(p.First(), "1", "b")
	rename(second, "1", "c")
	if got, _ := f.names(3); got != " begin a c" {
		t.Errorf("got%s", got)
	}
	if err := p.Remove("2"); err != nil {
		t.Fatal(err)
	}
	if e, more := f.next(); more {
		t.Errorf("after the end comes %+v", e)
	}
	resp, err := http.Get(url + "businesses/2/events")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 404 {
		t.Errorf("got %s", resp.Status)
	}
	if resp, err = http.Head(url + "events"); err != nil || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("got %v %v", resp, err)
	}
}

// TestQuietStreamIsKeptAlive reads a stream for 40 seconds of virtual time.
func TestQuietStreamIsKeptAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := fakewa.NewPlatform(fakewa.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		go func() {
			<-time.After(20 * time.Second)
			rename(p.First(), "1", "a")
		}()
		w := httptest.NewRecorder()
		control.Handler(p).ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "http://localhost/_fakewa/events?after=now", nil))
		blocks := strings.Split(strings.TrimSuffix(w.Body.String(), "\n\n"), "\n\n")
		if len(blocks) != 4 || blocks[0] != "retry: 1000" || blocks[1] != ":" || !strings.Contains(blocks[2], "event: profile") || blocks[3] != ":" {
			t.Errorf("got %q", blocks)
		}
	})
}
