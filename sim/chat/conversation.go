package chat

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"wappasim/fakewa"
)

// conversation is what a screen shows of a talk: messages, calls that were refused, and what
// commands say. Only what is in sight is drawn.
type conversation struct {
	items []*item
	byID  map[string]*item
	last  uint64            // N of the last message
	names map[string]string // of people, by number
	users map[string]bool   // who are in it, by number
	width int
	up    int // lines that are scrolled back
}

// item is one thing in it.
type item struct {
	head    string // of a note, before its text
	text    string
	style   lipgloss.Style
	message fakewa.Message // if it is one

	lines []string // as drawn at a width
	width int
}

// note adds what is no message.
func (c *conversation) note(text string, style lipgloss.Style) {
	c.add(&item{text: visible(text), style: style})
}

func (c *conversation) add(i *item) {
	c.items = append(c.items, i)
	if c.up > 0 {
		c.up += len(c.drawn(i)) // what is in sight stays there
	}
}

// update adds what is new, in order, and draws anew what has changed.
func (c *conversation) update(m moment) {
	if c.byID == nil {
		c.byID, c.users = make(map[string]*item), make(map[string]bool)
	}
	c.names = m.names
	refused := m.refused
	for _, message := range m.messages {
		if known := c.byID[message.ID]; known != nil {
			if known.message.Status != message.Status || !bytes.Equal(known.message.Body, message.Body) {
				known.message, known.lines = message, nil
			}
			continue
		}
		if message.N <= c.last {
			continue
		}
		for len(refused) > 0 && refused[0].After < message.N {
			c.refuse(refused[0])
			refused = refused[1:]
		}
		if c.users[message.User] = true; len(c.users) == 2 {
			c.redraw() // the bot's messages say to whom they are
		}
		i := &item{message: message}
		c.byID[message.ID], c.last = i, message.N
		c.add(i)
	}
	for _, call := range refused {
		c.refuse(call)
	}
}

// redraw has everything drawn anew.
func (c *conversation) redraw() {
	for _, i := range c.items {
		i.lines = nil
	}
}

func (c *conversation) refuse(call fakewa.Request) {
	head, why, _ := strings.Cut(refusal(call), "✗")
	c.add(&item{head: head, text: "✗" + visible(why), style: bad})
}

// scroll goes back by so many lines, or on.
func (c *conversation) scroll(lines int) { c.up = max(c.up+lines, 0) }

// view returns the lines in sight, the last ones if nothing is scrolled back.
func (c *conversation) view(width, height int) (lines []string) {
	c.width = width
	var back [][]string // the last one first
	have := 0
	for _, i := range slices.Backward(c.items) {
		if have >= c.up+height {
			break
		}
		back = append(back, c.drawn(i))
		have += len(back[len(back)-1])
	}
	c.up = min(c.up, max(have-height, 0))
	for _, some := range slices.Backward(back) {
		lines = append(lines, some...)
	}
	end := len(lines) - c.up
	return slices.Clone(lines[max(end-height, 0):end])
}

// drawn returns an item in lines.
func (c *conversation) drawn(i *item) []string {
	if i.lines != nil && i.width == c.width {
		return i.lines
	}
	i.width = c.width
	if i.message.ID == "" {
		i.lines = nil
		for _, line := range hung(i.head, i.text, c.width) {
			i.lines = append(i.lines, i.style.Render(line))
		}
		return i.lines
	}
	m := i.message
	text := visible(numberedText(m))
	hue, who := botHue, "bot"
	switch name := visible(nameOf(c.names, m.User)); {
	case m.Direction == fakewa.In:
		hue, who = ownHue, name
	case len(c.users) > 1:
		who = "bot to " + name
	}
	i.lines = hung(faint.Render(m.At.Format(time.TimeOnly))+" "+hue.Render(who)+": ", text, c.width)
	i.lines = behind(i.lines, ticks(m), c.width)
	if m.Error != nil {
		for _, line := range wrapped("✗ not delivered: "+visible(m.Error.Error()), c.width-2) {
			i.lines = append(i.lines, bad.Render("  "+line))
		}
	}
	return i.lines
}

// nameOf returns a person's name, or else the number.
func nameOf(names map[string]string, number string) string {
	if name := names[number]; name != "" {
		return name
	}
	return number
}

// ticks tells how far a message has come.
func ticks(m fakewa.Message) string {
	switch m.Status {
	case "sent":
		if m.Direction == fakewa.Out && m.Type != "reaction" {
			return faint.Render("✓ not arrived")
		}
		return faint.Render("✓")
	case "delivered":
		return faint.Render("✓✓")
	case "read", "played":
		return botHue.Render("✓✓ " + m.Status)
	case "failed":
		return bad.Render("✗")
	}
	return faint.Render(strings.TrimSpace("… " + m.Status))
}

// refusal tells of a call that the API has refused.
func refusal(call fakewa.Request) string {
	return fmt.Sprintf("%s bot: ✗ the API refuses %s %s: %d, code %d: %s", call.At.Format(time.TimeOnly), call.Method, call.Path, call.Status, call.Error.Code, call.Error)
}
