package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/sim"
	"wappasim/sim/web"
)

// TestTimeIsBoundByEvents has a bot that is never idle for long fill the trace: a move ends
// before its time, with the time at which it is, and at last time moves no more.
func TestTimeIsBoundByEvents(t *testing.T) {
	c := serve(t, web.Config{Bot: newAsker, MaxEvents: 1000})
	status, text := c.do("POST", "/_sim/time", `{"advance":"24h"}`)
	first := c.state()
	if status != http.StatusConflict || !strings.Contains(text, fmt.Sprintf("%d events have happened in it", first.Events-1)) || !strings.Contains(text, "it is "+first.Now.Format(time.RFC3339Nano)) {
		t.Errorf("got %d %s", status, text)
	}
	if first.Events < 500 || first.Events > 600 || first.Now.Sub(first.Began) < 40*time.Minute || first.Now.Sub(first.Began) > time.Hour {
		t.Errorf("got %+v", first)
	}
	if status, text = c.do("POST", "/_sim/time", `{"to":"2026-01-06T09:00:00Z"}`); status != http.StatusConflict {
		t.Errorf("got %d %s", status, text)
	}
	full := c.state()
	if full.Events < 1000 || full.Events > 1100 {
		t.Errorf("got %+v", full)
	}
	for _, request := range []string{`/_sim/time {"advance":"1s"}`, `/_sim/time {"to":"next"}`, `/_sim/time {"pace":"real"}`, `/_fakewa/clock {"advance":"1s"}`} {
		path, body, _ := strings.Cut(request, " ")
		if status, text := c.do("POST", path, body); status != http.StatusConflict || !strings.Contains(text, "POST /_sim/restart") {
			t.Errorf("%s: got %d %s", request, status, text)
		}
	}
	if status, text := c.do("GET", "/_fakewa/messages?wait=1m&direction=out", ""); status != http.StatusConflict {
		t.Errorf("got %d %s", status, text)
	}
	if s := c.state(); s.Events != full.Events || !s.Now.Equal(full.Now) || s.Broken != "" {
		t.Errorf("got %+v, and it was %+v", s, full)
	}
	c.say("Ana", "one")
	c.must("POST", "/_sim/restart", `{"to":2}`) // at its time, which is as far away
	if s := c.state(); s.Steps != 2 || s.Now.Before(full.Now) {
		t.Errorf("got %+v", s)
	}
	c.must("POST", "/_sim/restart", "")
	c.must("POST", "/_sim/time", `{"advance":"1m"}`)
}

// TestRealPaceIsBoundByEvents lets time run until the trace is full.
func TestRealPaceIsBoundByEvents(t *testing.T) {
	c := serve(t, web.Config{Bot: newBusy, MaxEvents: 40}) // two seconds
	c.must("POST", "/_sim/time", `{"pace":"real"}`)
	for began := time.Now(); c.state().Pace == "real"; {
		if time.Since(began) > 30*time.Second {
			t.Fatal("time runs on")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if s := c.state(); s.Events < 40 || s.Events > 60 || s.Broken != "" {
		t.Errorf("got %+v", s)
	}
}

// TestMovesArePartsOfOne compares what happens in one move, which is made in parts, with a wait
// in one piece.
func TestMovesArePartsOfOne(t *testing.T) {
	c := serve(t, web.Config{Seed: 7, Replicas: 2, Options: []sim.Option{sim.Latency(20 * time.Millisecond)}})
	c.say("Ana", "one")
	c.must("POST", "/_sim/faults", `{"sentence":"Redis takes 2 seconds for 1 hour"}`)
	c.must("POST", "/_sim/time", `{"advance":"3h0m0.5s"}`)
	w, err := sim.New(newKeeper, sim.Test(t), sim.Seed(7), sim.Replicas(2), sim.Latency(20*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	fault, err := sim.ParseFault("Redis takes 2 seconds for 1 hour")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Say("Ana", "one"), w.Inject(fault), w.Wait(3*time.Hour+500*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var whole strings.Builder
	if _, err := w.Trace().WriteJSON(&whole); err != nil {
		t.Fatal(err)
	}
	if parts := c.must("GET", "/_sim/keep?as=trace", ""); parts != whole.String() || w.Trace().Len() < 10 {
		t.Errorf("in parts\n%s\nin one piece\n%s", parts, whole.String())
	}
}

// TestCloseEndsMoves closes a server that moves time for somebody.
func TestCloseEndsMoves(t *testing.T) {
	s, err := web.New(web.Config{Bot: newBusy})
	if err != nil {
		t.Fatal(err)
	}
	c := over(t, s)
	before, moved := s.Moving(), make(chan string, 1)
	go func() {
		status, text := c.do("POST", "/_sim/time", `{"advance":"720h"}`)
		moved <- http.StatusText(status) + text
	}()
	for began := time.Now(); s.Moving() < before+1000; { // else Close comes first
		if time.Since(began) > 30*time.Second {
			t.Fatal("time does not move")
		}
		time.Sleep(time.Millisecond)
	}
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("Close took %s", took)
	}
	if got := <-moved; !strings.HasPrefix(got, "Conflict") || !strings.Contains(got, "the server is closed") {
		t.Errorf("got %s", got)
	}
}
