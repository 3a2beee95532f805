package template

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// contactInfo is the type of the button with which a user shares their number. Its label is
// WhatsApp's, and a send has no parameter for it.
const contactInfo = "REQUEST_CONTACT_INFO"

// labelled are the types whose label the business words. WhatsApp words the others
// if the business does not.
var labelled = []string{"QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW"}

func (d *definition) buttons(at string, buttons []button) {
	if n := len(buttons); n == 0 || n > maxButtons {
		d.refuse(noSubcode, at, "has %d buttons; 1 to %d are allowed.", n, maxButtons)
	}
	for i, b := range buttons {
		d.button(fmt.Sprintf("%s[%d]", at, i), b)
	}
}

func (d *definition) button(at string, b button) {
	d.oneOf(at+".type", b.Type, buttonTypes)
	min := 0
	if slices.Contains(labelled, b.Type) {
		min = 1
	}
	d.length(at+".text", b.Text, min, maxLabel)
	if found := unfitLabel.FindString(b.Text); found != "" {
		d.refuse(wrongButton, at+".text", "is %.60q; it has %q, and a label has no variable, line break, emoji or formatting.", b.Text, found)
	}
	switch b.Type {
	case "URL":
		d.url(at+".url", b.URL)
	case "PHONE_NUMBER":
		d.length(at+".phone_number", b.Phone, 1, maxPhone)
	case "COPY_CODE":
		for _, coupon := range examplesOf(b.Example) {
			d.length(at+".example", coupon, 1, maxCoupon)
		}
	}
}

// unfitLabel finds what the label of a button must not have: variables, line breaks, marks
// of formatting, and the blocks of Unicode in which the emoji are, which are somewhat more
// than the emoji [?] [glific/glific-frontend#3465].
var unfitLabel = regexp.MustCompile(`\{\{.*\}\}|[\n\r*_~\x60]|` + emoji)

const emoji = `[\x{2600}-\x{27BF}\x{2B00}-\x{2BFF}\x{FE0F}\x{20E3}\x{1F000}-\x{1FAFF}]`

// examplesOf returns an example that is a text, or an array of texts.
func examplesOf(example any) (examples []string) {
	list, ok := example.([]any)
	if !ok {
		list = []any{example}
	}
	for _, item := range list {
		if text, ok := item.(string); ok && text != "" {
			examples = append(examples, text)
		}
	}
	return examples
}

// notURI refuses a URL in Meta's words, which several clients quote.
func (d *definition) notURI(field, text string) {
	if d.refused == nil {
		d.refused = graph.Param("Param "+params.Path(field)+" is not a valid URI.", "%s is %.60q; it must be an http or https URL.", field, text)
	}
}

// url checks the URL of a button, which may end with one variable.
func (d *definition) url(field, text string) {
	if !d.length(field, text, 1, maxURL) {
		return
	}
	fixed := strings.TrimSuffix(text, "{{1}}")
	u, err := url.Parse(fixed)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		d.notURI(field, text)
	}
	if strings.Contains(fixed, "{{") {
		d.refuse(noSubcode, field, "is %.60q; it may have one variable, {{1}}, at its end.", text)
	}
}
