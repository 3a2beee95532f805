package chat

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
)

// newInput returns an input that grows with its lines.
func newInput() textarea.Model {
	input := textarea.New()
	input.ShowLineNumbers, input.CharLimit = false, 0
	input.DynamicHeight, input.MinHeight, input.MaxHeight = true, 1, inputRows
	input.MaxContentHeight = 10_000
	input.SetVirtualCursor(false)
	input.SetStyles(textarea.Styles{})
	input.KeyMap.InsertNewline = key.NewBinding(key.WithKeys("alt+enter", "shift+enter", "ctrl+j"))
	input.Focus() // its command makes the cursor blink, which the terminal's own does by itself
	return input
}

// promptFunc writes the prompt before the first line, and as much room before others.
func promptFunc(prompt string, width int) func(textarea.PromptInfo) string {
	return func(info textarea.PromptInfo) string {
		if info.LineNumber == 0 {
			return prompt
		}
		return strings.Repeat(" ", width)
	}
}

// atEdge tells whether the cursor is in the first row of its line, or in the last one.
func (s *screen) atEdge(first bool) bool {
	info := s.input.LineInfo()
	if first {
		return info.RowOffset == 0
	}
	return info.RowOffset >= info.Height-1
}

// history is what was typed before.
type history struct {
	lines []string
	at    int    // which of them is in the input; len(lines): none
	draft string // what was typed when it was called up
}

func (h *history) add(line string) {
	if len(h.lines) == 0 || h.lines[len(h.lines)-1] != line {
		h.lines = append(h.lines, line)
	}
	h.at, h.draft = len(h.lines), ""
}

// recall puts an earlier line into the input, or a later one.
func (s *screen) recall(by int) {
	h := &s.history
	to := h.at + by
	if to < 0 || to > len(h.lines) {
		return
	}
	if h.at == len(h.lines) {
		h.draft = s.input.Value()
	}
	h.at = to
	text := h.draft
	if to < len(h.lines) {
		text = h.lines[to]
	}
	s.input.SetValue(text)
	s.input.MoveToEnd()
}
