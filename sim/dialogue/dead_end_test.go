package dialogue_test

import (
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"wappasim/sim/dialogue"
	"wappasim/sim/trace"
)

// down is a talk that leads down to a tap with no answer.
func down(s *script) {
	s.says(ana, "hello")
	s.menu(ana, "Welcome!\n[1] Orders  [2] Help")
	s.taps(ana, "Help")
	s.menu(ana, "I can show orders.\n[1] Back")
	s.taps(ana, "Back")
	s.menu(ana, "Welcome!\n[1] Orders  [2] Help")
	s.taps(ana, "Orders")
	s.menu(ana, "Order 17\n[1] Change  [2] Back")
	s.taps(ana, "Change")
	s.menu(ana, "What about order 17?\n[1] Cancel  [2] Back")
	s.taps(ana, "Cancel")
	s.wait(2 * time.Minute)
}

func TestDeadEndsSayTheWayThere(t *testing.T) {
	tr := written(t, down)
	found := dialogue.DeadEnds(tr, 0)
	if len(found) != 1 {
		t.Fatalf("got %+v, want one", found)
	}
	d := found[0]
	want := []string{`says "hello"`, "[tap Orders]", "[tap Change]"}
	if d.Who != ana || d.Act != "[tap Cancel]" || !slices.Equal(d.Way, want) || d.Said != "What about order 17?\n[1] Cancel  [2] Back" {
		t.Errorf("got %+v, want the way %q", d, want)
	}
	if act := tr.Events()[d.N-1]; act.Text != d.Act || !act.At.Equal(d.At) || d.Until.Sub(d.At) != time.Minute {
		t.Errorf("got event %d from %s until %s", d.N, d.At, d.Until)
	}
}

func TestDeadEnds(t *testing.T) {
	for name, c := range map[string]struct {
		play func(*script)
		want []string // the acts
	}{
		"a tap that is answered in time": {func(s *script) {
			s.taps(ana, "A")
			s.wait(time.Minute)
			s.bot(ana, "done")
			s.wait(time.Hour)
		}, nil},
		"a tap that is answered too late": {func(s *script) {
			s.taps(ana, "A")
			s.wait(time.Minute + 1)
			s.bot(ana, "done")
		}, []string{"[tap A]"}},
		"a tap at the very end": {func(s *script) { s.taps(ana, "A"); s.wait(time.Minute - 1) }, nil},
		"a tap beside a menu":   {func(s *script) { s.menu(ana, "Hi\n[1] A  [2] B"); s.taps(ana, "A"); s.wait(time.Hour) }, []string{"[tap A]"}},
		"a quick reply": {func(s *script) {
			s.add(trace.Event{Who: ana, What: trace.Says, Text: "[tap Stop]", Type: "button"})
			s.wait(time.Hour)
		}, []string{"[tap Stop]"}},
		"a tap in a trace without types": {func(s *script) {
			s.menu(ana, "Hi\n[1] A")
			s.add(trace.Event{Who: ana, What: trace.Says, Text: "[tap A]"})
			s.wait(time.Hour)
		}, []string{"[tap A]"}},
		"a text that looks like a tap": {func(s *script) { s.menu(ana, "Hi\n[1] A"); s.says(ana, "[tap A]"); s.wait(time.Hour) }, nil},
		"a first text":                 {func(s *script) { s.says(ana, "hello"); s.wait(time.Hour) }, []string{"hello"}},
		"a text after a text":          {func(s *script) { s.bot(ana, "Hi\n[1] A"); s.says(ana, "hello"); s.wait(time.Hour) }, []string{"hello"}},
		"a text after a menu":          {func(s *script) { s.menu(ana, "Hi\n[1] A"); s.says(ana, "hello"); s.wait(time.Hour) }, nil},
		"a text after a request for a location": {func(s *script) {
			s.menu(ana, "Where?\n[send_location]")
			s.says(ana, "hello")
			s.wait(time.Hour)
		}, nil},
		"a text after a picture": {func(s *script) {
			s.add(trace.Event{Who: "bot 1", What: trace.Calls, To: ana, IDs: []string{"wamid.0"}, Text: "[image] a cat", Type: "image"})
			s.says(ana, "hello")
			s.wait(time.Hour)
		}, []string{"hello"}},
		"a text after a menu and a text": {func(s *script) {
			s.menu(ana, "Hi\n[1] A")
			s.wait(time.Hour)
			s.bot(ana, "Still there?")
			s.says(ana, "yes")
			s.wait(time.Hour)
		}, nil},
		"a text after the menu was left": {func(s *script) {
			s.menu(ana, "Hi\n[1] A")
			s.taps(ana, "A")
			s.bot(ana, "Your name?")
			s.says(ana, "Ana")
			s.wait(time.Hour)
		}, []string{"Ana"}},
		"other things": {func(s *script) {
			s.sends(ana, "image")
			s.sends(ana, "reaction")
			s.sends(ana, "location")
			s.wait(time.Hour)
		}, nil},
		"one answer to two texts": {func(s *script) {
			s.says(ana, "a")
			s.wait(30 * time.Second)
			s.says(ana, "b")
			s.bot(ana, "both")
			s.wait(time.Hour)
		}, nil},
		"an answer to somebody else": {func(s *script) { s.says(ana, "a"); s.bot(ben, "a"); s.wait(time.Hour) }, []string{"a"}},
		"an answer that is refused": {func(s *script) {
			s.says(ana, "a")
			s.add(trace.Event{Who: "bot 1", What: trace.Calls, To: ana, Text: "a", Type: "text", Status: 400, Code: 131047})
			s.wait(time.Hour)
		}, []string{"a"}},
		"what the bot never got": {func(s *script) {
			s.says(ana, "a")
			s.add(trace.Event{Who: "whatsapp", What: trace.Delivers, To: "nobody", IDs: []string{"wamid.1"}})
			s.wait(time.Hour)
		}, nil},
		"what the bot got late": {func(s *script) {
			s.says(ana, "a")
			s.add(trace.Event{Who: "whatsapp", What: trace.Delivers, To: "nobody", IDs: []string{"wamid.1"}})
			s.wait(time.Hour)
			s.add(trace.Event{Who: "whatsapp", What: trace.Delivers, To: "bot 1", IDs: []string{"wamid.1"}})
			s.add(trace.Event{Who: "bot 1", What: trace.Answers, Status: 200, IDs: []string{"wamid.1"}})
			s.wait(time.Second)
			s.bot(ana, "here I am")
			s.says(ana, "b")
			s.wait(time.Hour)
		}, []string{"b"}},
		"what the bot refused": {func(s *script) {
			s.says(ana, "a")
			s.add(trace.Event{Who: "whatsapp", What: trace.Delivers, To: "bot 1", IDs: []string{"wamid.1"}})
			s.add(trace.Event{Who: "bot 1", What: trace.Answers, Status: 500, IDs: []string{"wamid.1"}})
			s.wait(time.Hour)
		}, []string{"a"}},
		"what the bot got twice": {func(s *script) {
			s.says(ana, "a")
			for range 2 {
				s.wait(time.Minute)
				s.add(trace.Event{Who: "whatsapp", What: trace.Delivers, To: "bot 1", IDs: []string{"wamid.1"}})
				s.add(trace.Event{Who: "bot 1", What: trace.Answers, Status: 200, IDs: []string{"wamid.1"}})
			}
			s.wait(time.Second)
			s.bot(ana, "a")
		}, []string{"a"}},
		"an answer after a fault": {func(s *script) {
			s.says(ana, "a")
			s.add(trace.Event{Who: "world", What: trace.Injects, Text: "the bot freezes"})
			s.wait(10 * time.Minute)
			s.add(trace.Event{Who: "world", What: trace.Injects, Text: "all faults heal"})
			s.wait(time.Minute)
			s.bot(ana, "a")
		}, nil},
		"no answer after a fault": {func(s *script) {
			s.says(ana, "a")
			s.add(trace.Event{Who: "bot 1", What: trace.Crashes})
			s.wait(10 * time.Minute)
			s.add(trace.Event{Who: "bot 1", What: trace.Starts})
			s.wait(time.Minute + 1)
		}, []string{"a"}},
		"a fault that comes later": {func(s *script) {
			s.add(trace.Event{Who: "bot 1", What: trace.Starts})
			s.says(ana, "a")
			s.wait(2 * time.Minute)
			s.add(trace.Event{Who: "world", What: trace.Injects, Text: "the bot freezes"})
		}, []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range dialogue.DeadEnds(written(t, c.play), time.Minute) {
				got = append(got, d.Act)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestReached(t *testing.T) {
	tr := written(t, func(s *script) {
		s.says(ana, "a secret")
		s.bot(ana, "thank you")
		s.add(trace.Event{Who: "bot 1", What: trace.Calls, To: ana, Text: "refused", Status: 400, Code: 100})
	})
	for pattern, want := range map[string]bool{"thank": true, "secret": false, "refused": false} {
		if got := dialogue.Reached(tr, regexp.MustCompile(pattern)); got != want {
			t.Errorf("%s: got %v", pattern, got)
		}
	}
}
