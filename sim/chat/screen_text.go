package chat

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
)

var (
	faint  = lipgloss.NewStyle().Faint(true)
	bad    = lipgloss.NewStyle().Foreground(lipgloss.Red)
	bold   = lipgloss.NewStyle().Bold(true)
	botHue = lipgloss.NewStyle().Foreground(lipgloss.Cyan).Bold(true)
	ownHue = lipgloss.NewStyle().Foreground(lipgloss.Green).Bold(true)
)

// visible makes what would steer the terminal visible: a message must not move the
// cursor, clear the screen or turn the text around it.
func visible(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\t", "    ")
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteRune(r)
		case r < ' ':
			b.WriteRune('\u2400' + r) // its picture
		case r == 0x7F:
			b.WriteRune('\u2421')
		case r >= 0x80 && r < 0xA0, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x2028, r == 0x2029:
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// wrapped breaks a text into lines of a width. Words that are longer are broken too.
func wrapped(text string, width int) []string {
	return strings.Split(lipgloss.Wrap(text, max(width, 1), ""), "\n")
}

// hung writes a text behind a head, and indents its further lines as far. If that would
// leave less than half of the width, the text begins under the head.
func hung(head, text string, width int) []string {
	indent := lipgloss.Width(head)
	if indent*2 > width {
		lines := wrapped(strings.TrimRight(head, " "), width)
		for _, line := range wrapped(text, width-2) {
			lines = append(lines, "  "+line)
		}
		return lines
	}
	lines := wrapped(text, width-indent)
	for i := range lines {
		if i == 0 {
			lines[i] = head + lines[i]
		} else if lines[i] != "" {
			lines[i] = strings.Repeat(" ", indent) + lines[i]
		}
	}
	return lines
}

// behind writes a mark behind the last of some lines, or under it if there is no room.
func behind(lines []string, mark string, width int) []string {
	last := lines[len(lines)-1]
	if lipgloss.Width(last)+1+lipgloss.Width(mark) <= width {
		lines[len(lines)-1] = last + " " + mark
		return lines
	}
	indent := len(last) - len(strings.TrimLeft(last, " "))
	return append(lines, strings.Repeat(" ", indent)+cut(mark, width-indent))
}

// cut cuts a line to a width, and shows that it did.
func cut(line string, width int) string {
	if lipgloss.Width(line) <= width {
		return line
	}
	if width < 2 {
		return strings.Repeat("…", max(width, 0))
	}
	return lipgloss.NewStyle().MaxWidth(width-1).Render(line) + "…"
}
