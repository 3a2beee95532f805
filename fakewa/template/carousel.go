package template

import (
	"fmt"
	"slices"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
)

// cards checks the cards of a carousel.
func (d *definition) cards(at string, cards []card) {
	if n := len(cards); n == 0 || n > maxCards {
		d.refuse(noSubcode, at, "has %d cards; 1 to %d are allowed.", n, maxCards)
	}
	for i, card := range cards {
		field := fmt.Sprintf("%s[%d].components", at, i)
		if j := slices.IndexFunc(card.Components, func(c component) bool { return c.Type == "CAROUSEL" }); j >= 0 {
			d.refuse(noSubcode, fmt.Sprintf("%s[%d].type", field, j), "is CAROUSEL; a card cannot have one.")
			return
		}
		d.onCard = true
		d.components(field, card.Components)
		d.onCard = false
	}
}

// checkCards returns why components do not fill in the cards of a carousel.
func (t *Template) checkCards(at string, c *component, sent []message.Component) *graph.Error {
	if c == nil {
		return nil
	}
	for _, s := range sent {
		for _, card := range s.Cards {
			if card.Index >= len(c.Cards) {
				return graph.New(132012, "%s: there is no card at card_index %d; the template has %d.", at, card.Index, len(c.Cards))
			}
		}
	}
	for i, card := range c.Cards {
		if refused := t.checkComponents(fmt.Sprintf("%s.cards[%d].", at, i), card.Components, cardComponents(sent, i)); refused != nil {
			return refused
		}
	}
	return nil
}

// cardComponents returns the components that fill in the card at an index.
func cardComponents(sent []message.Component, index int) (components []message.Component) {
	for _, s := range sent {
		for _, card := range s.Cards {
			if card.Index == index {
				components = append(components, card.Components...)
			}
		}
	}
	return components
}
