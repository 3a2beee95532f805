package template

import (
	"fmt"
	"slices"
	"strings"
)

// The limits of a card.
const (
	maxCardBody    = 160 // characters
	maxCardButtons = 2
)

// deck checks the cards of a carousel: each has a picture, a film or a product, and all have
// the same components [Meta's pages of carousels; the codes [?]].
func (d *definition) deck(at string, parts []component) {
	i := indexOf(parts, "CAROUSEL")
	if i < 0 {
		return
	}
	first := ""
	for j, card := range parts[i].Cards {
		field := fmt.Sprintf("%s[%d].cards[%d].components", at, i, j)
		d.card(field, card)
		if j == 0 {
			first = card.made()
		}
		if made := card.made(); made != first {
			d.refuse(noSubcode, field, "are %s; those of the first card are %s, and all cards must have the same.", made, first)
		}
	}
}

func (d *definition) card(at string, c card) {
	header := find(c.Components, "HEADER")
	if header == nil {
		d.refuse(noSubcode, at, "has no HEADER; a card must have one.")
		return
	}
	if formats := []string{"IMAGE", "VIDEO", "PRODUCT"}; !slices.Contains(formats, header.Format) {
		d.refuse(noSubcode, fmt.Sprintf("%s[%d].format", at, indexOf(c.Components, "HEADER")), "is %s; that of a card must be one of %s.", header.Format, strings.Join(formats, ", "))
	}
	if body := find(c.Components, "BODY"); body != nil {
		d.length(fmt.Sprintf("%s[%d].text", at, indexOf(c.Components, "BODY")), body.Text, 1, maxCardBody)
	}
	if buttons := find(c.Components, "BUTTONS"); buttons != nil && len(buttons.Buttons) > maxCardButtons {
		d.refuse(noSubcode, fmt.Sprintf("%s[%d].buttons", at, indexOf(c.Components, "BUTTONS")), "has %d buttons; 1 to %d are allowed on a card.", len(buttons.Buttons), maxCardButtons)
	}
}

// made returns the types of what is on a card, in words.
func (c card) made() string {
	var types []string
	for _, part := range c.Components {
		types = append(types, strings.TrimSuffix(part.Type+" "+part.Format, " "))
		for _, b := range part.Buttons {
			types = append(types, b.Type)
		}
	}
	return strings.Join(types, ", ")
}

// indexOf returns the index of the component of a type, or -1.
func indexOf(parts []component, typ string) int {
	return slices.IndexFunc(parts, func(c component) bool { return c.Type == typ })
}
