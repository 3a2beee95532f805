package chat

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

const (
	inputRows  = 5  // at most
	sideBySide = 70 // columns from which a panel stands beside the conversation
)

var bar = lipgloss.NewStyle().Reverse(true)

// resize fits the screen to a window.
func (s *screen) resize(width, height int) {
	s.width, s.height = max(width, 1), max(height, 1)
	s.layout()
}

// layout gives the input its width and rows.
func (s *screen) layout() {
	prompt := visible(s.now.prompt)
	if lipgloss.Width(prompt) > s.width/2 {
		prompt = "> "
	}
	width := lipgloss.Width(prompt)
	s.input.SetPromptFunc(width, promptFunc(prompt, width))
	s.input.MaxHeight = max(min(inputRows, s.height/3), 1)
	s.input.SetWidth(s.width)
	s.input, _ = s.input.Update(nil) // scrolls to the cursor
}

// rows returns how many are left for the conversation and a panel.
func (s *screen) rows() int {
	return max(s.height-s.input.Height()-1-len(s.completion.lines(s.width)), 0)
}

// View draws the screen: the conversation, with a panel beside it or above it, what Tab
// offers, the status and the input.
func (s *screen) View() tea.View {
	rows := s.rows()
	var lines []string
	switch {
	case s.panel.name == "":
		lines = s.conversation.view(s.width, rows)
	case s.width >= sideBySide:
		left := s.width * 11 / 20
		side := filled(s.panel.view(s.width-left-3, rows), rows)
		for i, line := range filled(s.conversation.view(left, rows), rows) {
			lines = append(lines, line+strings.Repeat(" ", max(left-lipgloss.Width(line), 0))+faint.Render(" │ ")+side[i])
		}
	default:
		above := rows / 2
		lines = append(filled(s.panel.view(s.width, above-1), above-1), faint.Render(strings.Repeat("─", s.width)))
		lines = append(lines, s.conversation.view(s.width, rows-above)...)
	}
	lines = filled(lines, rows)[:rows]
	lines = append(lines, s.completion.lines(s.width)...)
	lines = append(lines, s.status())
	at := len(lines)
	lines = append(lines, strings.Split(s.input.View(), "\n")...)
	if over := len(lines) - s.height; over > 0 { // a window of one or two rows
		lines, at = lines[over:], at-over
	}
	view := tea.NewView(strings.Join(lines, "\n"))
	view.AltScreen, view.WindowTitle = true, "sim"
	if view.Cursor = s.input.Cursor(); view.Cursor != nil {
		view.Cursor.Y += at
	}
	return view
}

// filled adds empty lines up to a number of rows.
func filled(lines []string, rows int) []string {
	for len(lines) < rows {
		lines = append(lines, "")
	}
	return lines
}

// status tells the time, whether it runs, what ends when, and what is wrong. The end is cut
// off in a narrow window.
func (s *screen) status() string {
	state := "▶ "
	switch {
	case s.doing:
		state = "… "
	case s.stands:
		state = "⏸ "
	}
	format := time.TimeOnly
	if s.now.began.Format(time.DateOnly) != s.now.at.Format(time.DateOnly) {
		format = time.DateTime
	}
	parts := []string{state + s.now.at.Format(format)}
	if s.stands && s.width >= sideBySide {
		parts = append(parts, "time stands still")
	}
	if s.conversation.up > 0 {
		parts = append(parts, "↓ PgDn")
	}
	if timers := strings.Join(s.now.timers(), ", "); timers != "" {
		parts = append(parts, "⏳ "+timers)
	}
	if s.now.profile.Silent {
		parts = append(parts, "the phone is off")
	}
	if s.now.profile.Blocks {
		parts = append(parts, "the business is blocked")
	}
	switch faults := s.now.faults; len(faults) {
	case 0:
	case 1:
		parts = append(parts, "⚠ "+faults[0])
	default:
		parts = append(parts, fmt.Sprintf("⚠ %d faults: %s", len(faults), strings.Join(faults, "; ")))
	}
	line := cut(" "+visible(strings.Join(parts, " · ")), s.width)
	return bar.Render(line + strings.Repeat(" ", max(s.width-lipgloss.Width(line), 0)))
}
