package dialogue_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/trace"
)

const (
	ana = "+15550000001"
	ben = "+15550000002"
)

// script is a talk that is written down by hand: each call is something that happens,
// and a wait is time that passes.
type script struct {
	trace trace.Trace
	ids   int
}

// written returns the trace of a script.
func written(t *testing.T, play func(*script)) *trace.Trace {
	t.Helper()
	s := new(script)
	synctest.Test(t, func(*testing.T) {
		time.Sleep(time.Second) // so that no time is that of the bubble's beginning
		play(s)
		s.trace.Pass()
		s.trace.End()
	})
	return &s.trace
}

func (s *script) id() []string { s.ids++; return []string{fmt.Sprint("wamid.", s.ids)} }

func (s *script) says(who, text string) {
	s.trace.Add(trace.Event{Who: who, What: trace.Says, To: "whatsapp", IDs: s.id(), Text: text, Type: "text"})
}

func (s *script) taps(who, title string) {
	s.trace.Add(trace.Event{Who: who, What: trace.Says, To: "whatsapp", IDs: s.id(), Text: "[tap " + title + "]", Type: "interactive"})
}

func (s *script) sends(who, kind string) {
	s.trace.Add(trace.Event{Who: who, What: trace.Says, To: "whatsapp", IDs: s.id(), Text: "[" + kind + "]", Type: kind})
}

// bot has the bot send a text.
func (s *script) bot(to, text string) {
	s.trace.Add(trace.Event{Who: "bot 1", What: trace.Calls, To: to, IDs: s.id(), Text: text, Type: "text", Status: 200})
}

// menu has the bot send something to tap.
func (s *script) menu(to, text string) {
	s.trace.Add(trace.Event{Who: "bot 1", What: trace.Calls, To: to, IDs: s.id(), Text: text, Type: "interactive", Status: 200})
}

func (s *script) add(e trace.Event) { s.trace.Add(e) }

func (s *script) wait(d time.Duration) { time.Sleep(d) }
