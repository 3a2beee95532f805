package template

import (
	"cmp"
	"fmt"
	"strings"

	"wappasim/fakewa/message"
)

// Render returns the text of the body with its parameters put in.
// [Template.CheckParameters] must have accepted the parameters.
func (t *Template) Render(sent *message.Template) string {
	return filled(*find(t.parts, "BODY"), parametersOf(sent.Components, "body"))
}

// filled returns the text of a component with its parameters put in.
func filled(c component, given []message.Parameter) string {
	names, values := variables(c.Text), map[string]string{}
	for i, g := range given {
		name := g.Name
		if name == "" && i < len(names) {
			name = names[i]
		}
		values[name] = g.Text
	}
	return variable.ReplaceAllStringFunc(c.Text, func(v string) string { return values[strings.Trim(v, "{}")] })
}

// Readable returns what a person sees of a sent template: header, body, footer and
// buttons with their parameters put in. [message.Readable] says how it is written.
func (t *Template) Readable(sent *message.Template) string {
	return readable(t.parts, sent.Components)
}

func readable(parts []component, sent []message.Component) string {
	var lines []string
	for _, c := range parts {
		given := parametersOf(sent, strings.ToLower(c.Type))
		switch {
		case c.Type == "HEADER" && c.Text == "":
			lines = append(lines, "["+strings.ToLower(c.Format)+"]")
		case c.Text != "":
			lines = append(lines, filled(c, given))
		}
		var buttons []string
		for i, b := range c.Buttons {
			buttons = append(buttons, fmt.Sprintf("[%d] %s", i+1, cmp.Or(b.Text, strings.ToLower(b.Type))))
		}
		if buttons != nil {
			lines = append(lines, strings.Join(buttons, "  "))
		}
		for i, card := range c.Cards {
			lines = append(lines, readable(card.Components, cardComponents(sent, i)))
		}
	}
	return strings.Join(lines, "\n")
}

// QuickReplies returns the buttons of a sent template that a user can answer with,
// also those on cards. The ID of a choice is its payload; one of a flow opens it, as
// [Template.Flow] says.
func (t *Template) QuickReplies(sent *message.Template) []message.Choice {
	return quickReplies(t.parts, sent.Components)
}

func quickReplies(parts []component, sent []message.Component) (choices []message.Choice) {
	for _, c := range parts {
		for i, b := range c.Buttons {
			switch b.Type {
			case contactInfo:
				kind := strings.ToLower(contactInfo)
				choices = append(choices, message.Choice{Kind: kind, ID: kind, Title: b.Text})
				continue
			case "FLOW":
				choices = append(choices, message.Choice{Kind: "flow", Title: b.Text})
				continue
			case "QUICK_REPLY":
			default:
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
