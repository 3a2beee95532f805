package template

import (
	"fmt"
	"regexp"
	"strings"

	"wappasim/fakewa/graph"
)

// CheckSubmission returns why Meta does not take the template for its review, or nil. Calls
// that create or edit a template need it; one that is approved already does not, since it may
// be older than a rule. [Template.Complete] comes first.
//
//   - language is one that WhatsApp has
//   - each variable and each medium has an example (2388043)
//   - header and footer have no line breaks and no emoji, and the body has words between and
//     enough beside its variables (2388047, 2388073, 2388072, 2388293)
//   - buttons, offers, carousels and authentication templates are made as Meta documents them
func (t *Template) CheckSubmission() *graph.Error {
	d := t.definition()
	d.oneOf("language", t.Language, languages)
	if d.refused == nil {
		d.refused = checkExamples("components", t.parts, d.named)
	}
	d.texts("components", t.parts)
	d.sets("components", t.parts)
	if d.authentication {
		d.passwords("components", t.parts)
	} else {
		d.noPasswords("components", t.parts)
	}
	d.offer("components", t.Category, t.parts)
	d.deck("components", t.parts)
	return d.refused
}

var (
	// unfitHeader finds what a header must not have, by Meta's own message.
	unfitHeader = regexp.MustCompile(`[\n\r*_~\x60]|` + emoji)
	// unfitFooter finds what a footer must not have, by Meta's own message.
	unfitFooter = regexp.MustCompile(`[\n\r]|` + emoji)
	word        = regexp.MustCompile(`[^\s]*[\pL\pN][^\s]*`)
)

// texts checks the words of a template and of its cards.
func (d *definition) texts(at string, parts []component) {
	for i, c := range parts {
		field := fmt.Sprintf("%s[%d].text", at, i)
		words := variable.ReplaceAllString(c.Text, " ")
		switch c.Type {
		case "HEADER":
			if found := unfitHeader.FindString(words); found != "" {
				d.refuseAs(wrongHeader, "The message header can't have any newlines, formatting characters, emojis, or asterisks.", field, "is %.60q; it has %q.", c.Text, found)
			}
		case "FOOTER":
			if found := unfitFooter.FindString(words); found != "" {
				d.refuseAs(wrongFooter, "The message footer can't have any newlines or emojis.", field, "is %.60q; it has %q.", c.Text, found)
			}
		case "BODY":
			d.words(field, c, len(word.FindAllString(words, -1)))
		}
		for j, card := range c.Cards {
			d.texts(fmt.Sprintf("%s[%d].cards[%d].components", at, i, j), card.Components)
		}
	}
}

// words checks a body that has n words besides its variables. Reports of the ratio that Meta
// wants go from 2 to 3 words for a variable [!]; what has fewer than 1 is refused by all of
// them. That two variables without anything between them are refused is in published code;
// with a space between them is [!], the subcode [?].
func (d *definition) words(field string, c component, n int) {
	if c.worded {
		return
	}
	if strings.Contains(c.Text, "}}{{") {
		d.refuseAs(wrongBody, "Variables are not allowed next to each other.", field, "is %.60q; it has two variables without a word between them.", c.Text)
	}
	if names := variables(c.Text); n < len(names) {
		d.refuse(tooFewWords, field, "has %d variables and %d words; it needs more words.", len(names), n)
	}
}

// refuseAs is refuse with what Meta tells people.
func (d *definition) refuseAs(subcode int, says, field, why string, args ...any) {
	if d.refused == nil {
		d.refuse(subcode, field, why, args...)
		d.refused.UserMsg = says
	}
}
