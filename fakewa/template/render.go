package template

import (
	"cmp"
	"strings"

	"wappasim/fakewa/message"
)

// Render returns the text of the body with its parameters put in.
// [Template.CheckParameters] must have accepted the parameters.
func (t *Template) Render(sent *message.Template) string {
	body, values := find(t.parts, "BODY"), map[string]string{}
	names := variables(body.Text)
	for i, g := range parametersOf(sent.Components, "body") {
		values[cmp.Or(g.Name, names[i])] = g.Text
	}
	return variable.ReplaceAllStringFunc(body.Text, func(v string) string { return values[strings.Trim(v, "{}")] })
}

// QuickReplies returns the buttons of a sent template that a user can answer with,
// also those on cards. The ID of a choice is its payload.
func (t *Template) QuickReplies(sent *message.Template) []message.Choice {
	return quickReplies(t.parts, sent.Components)
}

func quickReplies(parts []component, sent []message.Component) (choices []message.Choice) {
	for _, c := range parts {
		for i, b := range c.Buttons {
			if b.Type != "QUICK_REPLY" {
				continue
			}
			payload := b.Text
			for _, g := range buttonParameters(sent, i) {
				payload = g.Text
			}
			choices = append(choices, message.Choice{Kind: "quick_reply", ID: payload, Title: b.Text})
		}
		for i, card := range c.Cards {
			choices = append(choices, quickReplies(card.Components, cardComponents(sent, i))...)
		}
	}
	return choices
}
