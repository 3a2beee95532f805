package story

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wappasim/sim/trace"
)

// width is that of each of the two columns, in characters.
const width = 44

// talk returns what each person and the bot have said: the person on the left, the bot on the
// right, each with its time.
func (s Story) talk() string {
	talks := make(map[string]*strings.Builder)
	said := func(number string, at time.Time, left, right string) {
		if talks[number] == nil {
			talks[number] = new(strings.Builder)
		}
		clock := at.Format("15:04:05.000")
		a, b := wrapped(left), wrapped(right)
		for i := range max(len(a), len(b)) {
			if i > 0 {
				clock = ""
			}
			line := fmt.Sprintf("%-12s  %s | %s", clock, padded(a, i), padded(b, i))
			talks[number].WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	for _, e := range s.Trace.Events() {
		switch {
		case e.What == trace.Says:
			said(e.Who, e.At, e.Text, "")
		case e.What == trace.Acts:
			said(e.Who, e.At, "("+e.Text+")", "")
		case e.What == trace.Calls && len(e.IDs) > 0:
			said(e.To, e.At, "", e.Text)
		case e.What == trace.Injects || e.What == trace.Crashes:
			for number := range s.Names { // what goes wrong is on everybody's page
				if talks[number] != nil {
					said(number, e.At, strings.Repeat("-", 4)+" "+fault(e), "")
				}
			}
		}
	}
	var all strings.Builder
	for i, number := range slices.Sorted(maps.Keys(talks)) {
		if i > 0 {
			all.WriteString("\n")
		}
		name := strings.TrimPrefix(s.Names[number]+", "+number, ", ")
		fmt.Fprintf(&all, "%-12s  %s | the bot\n%s", "", padded([]string{name}, 0), talks[number])
	}
	return all.String()
}

func fault(e trace.Event) string {
	if e.What == trace.Crashes {
		return e.Who + " crashes"
	}
	return e.Text
}

// wrapped cuts a text into lines that fit a column, between words where it can.
func wrapped(text string) (lines []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		for utf8.RuneCountInString(line) > width {
			runes := []rune(line)
			cut := strings.LastIndex(string(runes[:width+1]), " ")
			if cut < 1 {
				cut = len(string(runes[:width]))
			}
			lines = append(lines, line[:cut])
			line = strings.TrimLeft(line[cut:], " ")
		}
		lines = append(lines, line)
	}
	return lines
}

func padded(lines []string, i int) string {
	line := ""
	if i < len(lines) {
		line = lines[i]
	}
	return line + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(line)))
}
