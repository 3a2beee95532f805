package chat

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wappasim/sim"
)

// panel stands beside the conversation, or above it in a narrow window, and shows what its
// name says.
type panel struct {
	name string // trace, state, fault or help; "": there is none
	now  moment
	up   int // lines that are scrolled back, from the end of a trace and else from the beginning
}

// show opens a panel, or closes it if it is open.
func (p *panel) show(name string) {
	if p.name == name {
		name = ""
	}
	p.name, p.up = name, 0
}

func (p *panel) update(m moment) { p.now = m }

// scroll goes up by so many lines, or down.
func (p *panel) scroll(lines int) {
	if p.name != "trace" {
		lines = -lines
	}
	p.up = max(p.up+lines, 0)
}

// view returns the panel's title and the lines in sight.
func (p *panel) view(width, height int) []string {
	title := bold.Render(cut(fmt.Sprintf("/%s · Shift+↑↓ · Esc", p.name), width))
	if height < 1 {
		return nil
	}
	height--
	var lines []string
	switch p.name {
	case "trace":
		return append([]string{title}, p.trace(width, height)...)
	case "state":
		lines = p.state()
	case "fault":
		lines = p.faults()
	case "help":
		lines = strings.Split(screenHelp(), "\n")
	}
	var drawn []string
	for _, line := range lines {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		drawn = append(drawn, hung(line[:indent], visible(line[indent:]), width)...)
	}
	p.up = min(p.up, max(len(drawn)-height, 0))
	return append([]string{title}, drawn[p.up:min(p.up+height, len(drawn))]...)
}

// trace returns the last events, or those that are scrolled back to.
func (p *panel) trace(width, height int) (lines []string) {
	var back [][]string
	have := 0
	for _, e := range slices.Backward(p.now.events) {
		if have >= p.up+height {
			break
		}
		back = append(back, hung(faint.Render(e.At.Format("15:04:05.000"))+" ", visible(tail(e.String())), width))
		have += len(back[len(back)-1])
	}
	for _, some := range slices.Backward(back) {
		lines = append(lines, some...)
	}
	p.up = min(p.up, max(have-height, 0))
	end := len(lines) - p.up
	return lines[max(end-height, 0):end]
}

// tail returns an event's line without its number and time.
func tail(line string) string {
	fields := strings.SplitN(strings.TrimLeft(line, " "), "  ", 3)
	return strings.Join(strings.Fields(fields[len(fields)-1]), " ")
}

// state returns the keys of who speaks, as /state does.
func (p *panel) state() (lines []string) {
	digits, others := strings.TrimPrefix(p.now.number, "+"), 0
	for _, k := range p.now.keys {
		if !strings.Contains(k.Name, digits) {
			others++
			continue
		}
		ttl := "for ever"
		if k.TTL > 0 {
			ttl = k.TTL.Truncate(time.Second / 10).String()
		}
		lines = append(lines, fmt.Sprintf("%d %s (%s)", k.DB, k.Name, ttl))
		for value := range strings.SplitSeq(k.Value, "\n") {
			lines = append(lines, "  "+value)
		}
	}
	if len(lines) == 0 {
		lines = append(lines, "no key has "+p.now.number+" in its name")
	}
	if others > 0 {
		lines = append(lines, fmt.Sprintf("and %d without it", others))
	}
	return lines
}

// faults returns those that are active, and the sentences of all.
func (p *panel) faults() (lines []string) {
	for _, fault := range p.now.faults {
		lines = append(lines, "⚠ "+fault)
	}
	if len(lines) > 0 {
		lines = append(lines, "/fault all faults heal ends them.", "")
	}
	about, examples, _ := strings.Cut(blanks, "\n  ")
	lines = append(lines, strings.ReplaceAll(about, "\n", " "))
	lines = append(lines, strings.Split("  "+examples, "\n")...)
	lines = append(lines, "")
	for _, sentence := range sim.FaultSentences() {
		lines = append(lines, "  "+sentence)
	}
	return lines
}

// screenHelp lists the commands and keys.
func screenHelp() string {
	var b strings.Builder
	b.WriteString("A line is a message. A number taps a button of the last message; a space before it says the number. A line that begins with / is a command:\n")
	for _, command := range commands() {
		help := command.help
		switch command.name {
		case "/trace":
			help = "shows what happens, in a panel"
		case "/state", "/fault":
			help += ", in a panel"
		}
		fmt.Fprintf(&b, "  %s: %s\n", strings.TrimSpace(command.name+" "+command.arguments), help)
	}
	b.WriteString("  /pause: stops time, or lets it run again\n" +
		"Keys:\n" +
		"  Tab: completes commands, names, titles and the sentences of faults\n" +
		"  ↑ ↓: what you said before\n" +
		"  Alt+Enter: a new line in the message\n" +
		"  PgUp PgDn: scroll the conversation\n" +
		"  Shift+↑↓: scroll the panel\n" +
		"  Esc: closes the panel\n" +
		"  Ctrl+C: clears the line\n" +
		"  Ctrl+C, Ctrl+D on an empty line: end the talk")
	return b.String()
}
