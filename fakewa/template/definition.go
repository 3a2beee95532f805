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
	onCard         bool // the components are those of a card
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

// mustBe refuses the JSON type of a field.
func (d *definition) mustBe(field, kind string, value any) {
	if d.refused == nil {
		d.refused = graph.Param("Param "+params.Path(field)+" must be "+kind+".", "%s is %s; it must be %s.", field, params.Kind(value), kind)
	}
}

// text checks the text of a component, which it must have: Meta says of a header or footer
// without one that a field is missing, as of one without an example.
func (d *definition) text(at string, c *component, max int) bool {
	if c.Text == "" {
		d.refuseAs(missingFields, fmt.Sprintf("component of type %s is missing expected field(s) (text)", c.Type), at+".text", "is missing; it must be a text.")
	}
	return d.length(at+".text", c.Text, 0, max)
}

// length checks the number of characters of a text, and reports whether nothing was
// refused so far.
func (d *definition) length(field, text string, min, max int) bool {
	switch n := params.Characters(text); {
	case n < min:
		d.missing(field)
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
	if !seen["BODY"] && !d.onCard { // the body of a card is optional
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
	d.oneOf(at+".format", c.Format, headerFormats) // [?]
	if c.Format != "TEXT" || !d.text(at, c, maxHeader) {
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
	if !d.text(at, c, maxBody) {
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
	d.text(at, c, maxFooter)
	if v := variable.FindString(c.Text); v != "" {
		d.refuse(wrongFooter, at+".text", "has the variable %s; a footer has none.", v)
	}
}
