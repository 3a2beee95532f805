package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"wappasim/sim"
)

// progress shows how far an exploration is: on a terminal in one line that changes, else in a
// line every few seconds.
type progress struct {
	out       io.Writer
	total     uint64 // seeds
	keepGoing bool   // after a failure
	terminal  bool
	last      time.Duration // when a line was written
	written   bool
}

// between is the time between two lines that stay.
const between = 5 * time.Second

const clearLine = "\r\x1b[K"

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// show shows a report; [sim.Workload] has it called every second.
func (p *progress) show(r sim.Report) {
	switch {
	case p.terminal:
		fmt.Fprint(p.out, clearLine+p.line(r))
		p.written = true
	case r.Took-p.last >= between:
		fmt.Fprintln(p.out, p.line(r))
		p.last = r.Took
	}
}

// clear makes room for what comes after the exploration.
func (p *progress) clear() {
	if p.written {
		fmt.Fprint(p.out, clearLine)
	}
}

func (p *progress) line(r sim.Report) string {
	rate := float64(r.Seeds) / r.Took.Seconds()
	parts := []string{fmt.Sprintf("%d of %d seeds", r.Seeds, p.total), fmt.Sprintf("%.0f a second", rate)}
	switch n := len(r.Failures); n {
	case 0:
		parts = append(parts, "no findings")
	case 1:
		parts = append(parts, "1 finding")
	default:
		parts = append(parts, fmt.Sprintf("%d findings", n))
	}
	switch left := float64(p.total) - float64(r.Seeds); {
	case r.Failures != nil && (left <= 0 || !p.keepGoing):
		parts = append(parts, "looking for the shortest steps")
	case r.Seeds > 0:
		parts = append(parts, fmt.Sprintf("%s left", time.Duration(max(left, 0)/rate*float64(time.Second)).Round(time.Second)))
	}
	return strings.Join(parts, ", ")
}
