package template

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// definition checks a template against Meta's rules. Only the first refusal counts.
type definition struct {
	named          bool // variables have names, not numbers
	authentication bool // WhatsApp words the body and the footer
	refused        *graph.Error
}

func (d *definition) refuse(subcode int, field, why string, args ...any) {
	if d.refused == nil {
		d.refused = Refusal(subcode, field, why, args...)
	}
}

// oneOf checks a value, and refuses another with Meta's list of those that there are.
func (d *definition) oneOf(field, value string, allowed []string) {
	switch {
	case d.refused != nil || slices.Contains(allowed, value):
	case value == "":
		d.missing(field)
	default:
		list := strings.Join(slices.Sorted(slices.Values(allowed)), ", ")
		d.refused = graph.Param(fmt.Sprintf("Param %s must be one of {%s} - got \"%.200s\".", params.Path(field), list, value),
			"%s is %.60q; it must be one of %s.", field, value, strings.Join(allowed, ", "))
	}
}

// missing refuses a template because it has no such field
// [gabrieldwight/Whatsapp-Business-Cloud-Api-Net#84].
func (d *definition) missing(field string) {
	if d.refused == nil {
		d.refused = graph.Param("The parameter "+params.Path(field)+" is required.", "%s is missing; it must be a text.", field)
	}
}

// length checks the number of characters of a text, and reports whether nothing was
// refused so far. missing is the subcode for a text that is too short.
func (d *definition) length(missing int, field, text string, min, max int) bool {
	switch n := params.Characters(text); {
	case n < min && missing == noSubcode:
		d.missing(field)
	case n < min:
		d.refuse(missing, field, "is missing; it must be a text.")
	case n > max:
		d.refuse(tooLong, field, "has %d characters; %d are allowed.", n, max)
	}
	return d.refused == nil
}

// components checks those of a template or of a card.
func (d *definition) components(at string, parts []component) {
	seen := map[string]bool{}
	for i := range parts {
		c, field := &parts[i], fmt.Sprintf("%s[%d]", at, i)
		if seen[c.Type] {
			d.refuse(noSubcode, field+".type", "is %q as that of an earlier component; there may be one.", c.Type)
		}
		seen[c.Type] = true
		d.component(field, c)
	}
	if !seen["BODY"] {
		d.refuse(wrongBody, at, "has no BODY; there must be one.")
	}
}

func (d *definition) component(at string, c *component) {
	switch c.Type {
	case "HEADER":
		d.header(at, c)
	case "BODY":
		d.body(at, c)
	case "FOOTER":
		d.footer(at, c)
	case "BUTTONS":
		d.buttons(at+".buttons", c.Buttons)
	case "CAROUSEL":
		d.cards(at+".cards", c.Cards)
	case "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST":
	default:
		d.oneOf(at+".type", c.Type, componentTypes)
	}
}

func (d *definition) header(at string, c *component) {
	c.Format = cmp.Or(c.Format, "TEXT")
	if !slices.Contains(headerFormats, c.Format) {
		d.refuse(wrongHeader, at+".format", "is %.60q; it must be one of %s.", c.Format, strings.Join(headerFormats, ", "))
	}
	if c.Format != "TEXT" || !d.length(wrongHeader, at+".text", c.Text, 1, maxHeader) {
		return
	}
	d.variables(wrongHeader, at+".text", c.Text)
	if n := len(variables(c.Text)); n > 1 {
		d.refuse(wrongHeader, at+".text", "has %d variables; 1 is allowed.", n)
	}
}

func (d *definition) body(at string, c *component) {
	if d.authentication && c.Text == "" {
		c.Text, c.worded = "*{{1}}* is your verification code.", true
		return
	}
	if !d.length(wrongBody, at+".text", c.Text, 1, maxBody) {
		return
	}
	d.variables(wrongBody, at+".text", c.Text)
	text := strings.TrimSpace(c.Text)
	for _, v := range variable.FindAllString(text, -1) {
		// That punctuation around a variable does not help is in one report [!].
		if strings.HasPrefix(text, v) || strings.HasSuffix(text, v) {
			d.refuse(variableAtTheEnds, at+".text", "has the variable %s at its beginning or its end; there must be words around it.", v)
		}
	}
}

func (d *definition) footer(at string, c *component) {
	if d.authentication && c.Text == "" { // the footer says when the code expires
		return
	}
	d.length(wrongFooter, at+".text", c.Text, 1, maxFooter)
	if v := variable.FindString(c.Text); v != "" {
		d.refuse(wrongFooter, at+".text", "has the variable %s; a footer has none.", v)
	}
}
