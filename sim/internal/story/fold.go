package story

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"wappasim/sim/trace"
)

// A Redis command is left out if the same replica has sent it twice before and got the same
// answer, or if it is one of very many that differ only in ids, numbers and times.
const (
	enough = 2
	many   = 12
)

var differs = regexp.MustCompile(`[0-9a-fA-F]{8,}[-0-9a-fA-F]*|\d[\d.:-]*|wamid\.[\w=+/]+`)

// blanked is a text without ids, numbers and times.
func blanked(text string) string { return differs.ReplaceAllString(text, "#") }

// Folded returns the lines of a trace for people: of commands that a bot repeats, like those
// that look whether something is due, only the first, and at the end how many are left out.
func Folded(t *trace.Trace) (lines []string) {
	type command struct{ who, text, answer string }
	events := t.Events()
	like := func(e trace.Event) command { return command{e.Who, blanked(e.Text), blanked(e.Answer)} }
	same, all := make(map[command]int), make(map[command]int)
	for _, e := range events {
		if e.What == trace.Commands {
			all[like(e)]++
		}
	}
	sent, left := make(map[command]int), make(map[command]int)
	for _, e := range events {
		if e.What == trace.Commands {
			exact, form := command{e.Who, e.Text, e.Answer}, like(e)
			same[exact]++
			if sent[form]++; same[exact] > enough || all[form] > many && sent[form] > enough {
				left[form]++
				continue
			}
		}
		lines = append(lines, e.String())
	}
	forms := slices.SortedFunc(maps.Keys(left), func(a, b command) int {
		return slices.Compare([]string{fmt.Sprintf("%09d", left[b]), a.who, a.text, a.answer}, []string{fmt.Sprintf("%09d", left[a]), b.who, b.text, b.answer})
	})
	for _, form := range forms {
		line := fmt.Sprintf("left out, like those above: %d × %s commands %q", left[form], form.who, form.text)
		if form.answer != "" {
			line += " → " + form.answer
		}
		lines = append(lines, line)
	}
	return lines
}
