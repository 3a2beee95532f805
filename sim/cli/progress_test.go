package cli

import (
	"bytes"
	"testing"
	"time"

	"wappasim/sim"
)

// TestProgress shows the same reports on a terminal and on a pipe.
func TestProgress(t *testing.T) {
	one := []*sim.Failure{{Seed: 7}}
	reports := []sim.Report{
		{Took: time.Second}, {Seeds: 100, Took: 4 * time.Second}, {Seeds: 250, Took: 5 * time.Second}, {Seeds: 300, Took: 6 * time.Second, Failures: one},
		{Seeds: 500, Took: 10 * time.Second, Failures: one},
	}
	const first, second, third, fourth = "0 of 500 seeds, 0 a second, no findings", "100 of 500 seeds, 25 a second, no findings, 16s left", "250 of 500 seeds, 50 a second, no findings, 5s left", "300 of 500 seeds, 50 a second, 1 finding, 4s left"
	const fifth = "500 of 500 seeds, 50 a second, 1 finding, looking for the shortest steps"
	for terminal, want := range map[bool]string{
		false: third + "\n" + fifth + "\n",
		true:  clearLine + first + clearLine + second + clearLine + third + clearLine + fourth + clearLine + fifth + clearLine,
	} {
		var out bytes.Buffer
		p := progress{out: &out, total: 500, keepGoing: true, terminal: terminal}
		for _, r := range reports {
			p.show(r)
		}
		p.clear()
		if out.String() != want {
			t.Errorf("terminal: %t: got\n%q\nwant\n%q", terminal, out.String(), want)
		}
	}
	stops := progress{total: 500}
	if got := stops.line(reports[3]); got != "300 of 500 seeds, 50 a second, 1 finding, looking for the shortest steps" {
		t.Errorf("got %s", got)
	}
}
