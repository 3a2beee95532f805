package dialogue

import (
	"regexp"
	"strconv"
	"strings"

	"wappasim/sim/trace"
)

// What stands for itself in a map.
const (
	begin    = "(begin)"
	noAnswer = "(no answer)"
	unasked  = "(by itself)"
	aText    = "says a text"
)

// named is a message that is not a text, in its readable form.
var named = regexp.MustCompile(`^\[(tap|form|image|video|sticker|document|audio|voice|location|contact|reaction|order|system|unsupported)\b`)

// kind returns the type of what a person did. A trace that does not say it is asked for
// the readable form.
func kind(e *trace.Event) string {
	if e.Type != "" {
		return e.Type
	}
	m := named.FindStringSubmatch(e.Text)
	switch {
	case m == nil:
		return "text"
	case m[1] == "tap", m[1] == "form":
		return "interactive"
	}
	return m[1]
}

// isTap tells whether a person has tapped something, or filled in a form.
func isTap(e *trace.Event) bool {
	k := kind(e)
	return k == "interactive" || k == "button"
}

// label names what a person did: a tap by its title, a text as one of many, anything else
// by its type.
func label(e *trace.Event) string {
	switch {
	case kind(e) == "text":
		return aText
	case strings.HasPrefix(e.Text, "[tap "):
		return e.Text
	}
	if end := strings.IndexAny(e.Text, " ]"); end > 1 && e.Text[0] == '[' {
		return e.Text[:end] + "]"
	}
	return "[" + kind(e) + "]"
}

// readable is what a person did in one run: a text with its words.
func readable(e *trace.Event) string {
	if kind(e) == "text" {
		return "says " + strconv.Quote(e.Text)
	}
	return label(e)
}
