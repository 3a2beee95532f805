package message

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// checkLength refuses a text that has too few or too many characters. In interactive
// messages a length is a matter of the meaning (131009), everywhere else of the shape (100)
// [live tests of Azure/azure-sdk-for-net].
func (o object) checkLength(name, text string, min, max int) {
	n := o.rules.characters(text)
	if min <= n && n <= max {
		return
	}
	why, says := "is empty; it must have at least 1 character.", "Param %s must be at least 1 characters long."
	if n > max {
		why = fmt.Sprintf("has %d characters; %d are allowed.", n, max)
		says = "Param %s must be at most " + fmt.Sprint(max) + " characters long."
	}
	if !o.interactive() {
		o.misshapen(says, name, "%s", why)
		return
	}
	refused := graph.New(131009, "%s", o.reason(name, "%s", why))
	if what := o.called(name); what != "" && max != unlimited {
		refused.Why, refused.Details = refused.Details, fmt.Sprintf("%s length invalid. Min length: %d, Max length: %d", what, min, max)
	}
	o.refuseAs(refused)
}

// characters returns the length of a text.
func (r Rules) characters(text string) int {
	if r.CodePoints {
		return utf8.RuneCountInString(text)
	}
	return params.Characters(text)
}

// interactive reports whether the object is part of an interactive message.
func (o object) interactive() bool { return strings.HasPrefix(o.path, "interactive") }

// called returns the name of a text in Meta's details, or "" if it is not known. They are
// from messages that were refused, that of the header [?].
func (o object) called(name string) string {
	at := o.at(name)
	for end, what := range map[string]string{
		"interactive.header.text": "Header text",
		"interactive.body.text":   "Body text",
		"interactive.footer.text": "Footer text",
		"reply.title":             "Button title",
	} {
		if strings.HasSuffix(at, end) {
			return what
		}
	}
	return ""
}

// wrongCount refuses an array of n items. Meta's details about buttons are known; of other
// arrays nothing is [?].
func (o object) wrongCount(name string, n, min, max int) {
	why := fmt.Sprintf("has %d items; it must have at least %d.", n, min)
	says := "Param %s must have at least " + fmt.Sprint(min) + " items."
	if n > max {
		why = fmt.Sprintf("has %d items; %d are allowed.", n, max)
		says = "Param %s must have at most " + fmt.Sprint(max) + " items."
	}
	if !o.interactive() {
		o.misshapen(says, name, "%s", why)
		return
	}
	refused := graph.New(131009, "%s", o.reason(name, "%s", why))
	if o.at(name) == "interactive.action.buttons" {
		refused.Why, refused.Details = refused.Details, fmt.Sprintf("Invalid buttons count. Min allowed buttons: %d, Max allowed buttons: %d", min, max)
	}
	o.refuseAs(refused)
}
