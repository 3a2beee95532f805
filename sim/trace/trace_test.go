package trace_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/trace"
)

// made returns a trace in which a person writes each text a second later.
func made(texts ...string) *trace.Trace {
	t := new(trace.Trace)
	for _, text := range texts {
		time.Sleep(time.Second)
		t.Add(trace.Event{Who: "+15550000001", What: trace.Says, To: "whatsapp", Text: text})
	}
	return t
}

func TestDiffShowsWhereTracesPart(t *testing.T) {
	traces := make([]*trace.Trace, 3)
	for i, last := range []string{"e", "e", "f"} {
		synctest.Test(t, func(*testing.T) { traces[i] = made("a", "b", "c", "d", last) })
	}
	if diff := traces[0].Diff(traces[1]); diff != "" || traces[0].Hash() != traces[1].Hash() {
		t.Errorf("equal traces: got\n%s", diff)
	}
	diff := traces[0].Diff(traces[2])
	lines := strings.Split(strings.TrimSpace(diff), "\n")
	if len(lines) != 5 || !strings.HasSuffix(lines[0], `"b"`) || !strings.HasPrefix(lines[3], "- ") || !strings.HasSuffix(lines[3], `"e"`) || !strings.HasPrefix(lines[4], "+ ") || !strings.HasSuffix(lines[4], `"f"`) {
		t.Errorf("got\n%s", diff)
	}
	if traces[0].Hash() == traces[2].Hash() {
		t.Error("different traces have one hash")
	}
}

func TestAfterEndOnlyLeaksAreAdded(t *testing.T) {
	events := new(trace.Trace)
	events.Add(trace.Event{What: trace.Says})
	events.End()
	if n := events.Add(trace.Event{What: trace.Says}); n != 0 {
		t.Errorf("an event after the end is number %d", n)
	}
	if n := events.Add(trace.Event{What: trace.Leaks}); n != 2 || len(events.Events()) != 2 {
		t.Errorf("a leak is number %d of %d", n, len(events.Events()))
	}
}

func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		events, began := new(trace.Trace), time.Now()
		if !events.Until().IsZero() {
			t.Errorf("an empty trace tells what happened until %s", events.Until())
		}
		for what, do := range map[string]func(){
			"an event": func() { events.Add(trace.Event{What: trace.Says}) },
			"a pass":   events.Pass,
		} {
			time.Sleep(time.Second)
			if do(); !events.Until().Equal(time.Now()) {
				t.Errorf("after %s: %s", what, events.Until().Sub(began))
			}
		}
		time.Sleep(time.Second)
		events.End()
		ended := time.Now()
		time.Sleep(time.Second)
		events.Add(trace.Event{What: trace.Leaks})
		events.Pass()
		if !events.Until().Equal(ended) {
			t.Errorf("after the end: %s", events.Until().Sub(began))
		}
	})
}

// recorded stands for a world, whose trace has one message of the bot.
type recorded struct{ events trace.Trace }

func (r *recorded) Trace() *trace.Trace { return &r.events }

func Example() {
	world := new(recorded)
	world.Trace().Add(trace.Event{Who: "+15550000001", What: trace.Says, To: "whatsapp", Text: "hello"})
	world.Trace().Add(trace.Event{Who: "bot 1", What: trace.Calls, To: "+15550000001", Text: "hello yourself", IDs: []string{"wamid.1"}})

	for _, e := range world.Trace().Events() {
		if e.What == trace.Calls && len(e.IDs) > 0 {
			fmt.Println(e.To, e.Text) // the bot sent a message
		}
	}
	// Output: +15550000001 hello yourself
}

func ExampleEvent_String() {
	at := time.Date(2026, 1, 5, 9, 0, 15, 0, time.UTC)
	fmt.Println(trace.Event{N: 12, At: at, Who: "bot 1", What: trace.Calls, To: "+15550000001", Text: "hello", Status: 429, Code: 130429})
	fmt.Println(trace.Event{N: 13, At: at, Who: "redis", What: trace.Expires, Text: "3 timer", Lost: true})
	// Output:
	//    12  09:00:15.000000000  bot 1        calls to +15550000001 "hello" → 429, refused with code 130429
	//    13  09:00:15.000000000  redis        expires "3 timer", and the event is lost
}
