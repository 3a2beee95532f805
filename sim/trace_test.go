package sim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"wappasim/sim"
	"wappasim/sim/trace"
)

func TestTracesOfEqualRunsAreEqual(t *testing.T) {
	run := func(seed uint64, text string) *trace.Trace {
		w := world(t, parrot(""), sim.Seed(seed), sim.Latency(time.Millisecond))
		if err := w.Say("Ana", text); err != nil {
			t.Fatal(err)
		}
		return w.Trace()
	}
	a, b, c, d := run(1, "hi"), run(1, "hi"), run(1, "ho"), run(2, "hi")
	if a.Hash() != b.Hash() || a.Diff(b) != "" {
		t.Errorf("equal runs part:\n%s", a.Diff(b))
	}
	if a.Hash() == c.Hash() || a.Hash() == d.Hash() || !strings.Contains(a.Diff(c), `says to whatsapp "ho"`) {
		t.Errorf("got %s", a.Diff(c))
	}
	var lines, objects strings.Builder
	n, err := a.WriteTo(&lines)
	if err != nil || n != int64(lines.Len()) || !strings.Contains(lines.String(), `+15550000001 says to whatsapp "hi" …`) {
		t.Errorf("got %d, %v\n%s", n, err, &lines)
	}
	if _, err := a.WriteJSON(&objects); err != nil {
		t.Fatal(err)
	}
	events := a.Events()
	for i, line := range strings.Split(strings.TrimSpace(objects.String()), "\n") {
		var e trace.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.String() != events[i].String() || e.N != i+1 {
			t.Errorf("got %s, %v", line, err)
		}
	}
}
