package template

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
	"wappasim/fakewa/message"
)

// CheckParameters returns why a message does not fill in the template, or nil:
// 132000 for a wrong number of parameters, 132012 for a parameter of the wrong type,
// name or place, 131008 and 100 for a button that needs one or takes none, and 132005
// for a body that becomes too long.
func (t *Template) CheckParameters(sent *message.Template) *graph.Error {
	if refused := t.checkComponents("", t.parts, sent.Components); refused != nil {
		return refused
	}
	if n := params.Characters(t.Render(sent)); n > maxBody {
		return graph.New(132005, "body: the text has %d characters with its parameters; %d are allowed.", n, maxBody)
	}
	return nil
}

// checkComponents compares the components that are sent with those of a template, or
// of the card of it that at names.
func (t *Template) checkComponents(at string, parts []component, sent []message.Component) *graph.Error {
	for _, s := range sent {
		if s.Type != "header" && s.Type != "body" && find(parts, filledType(s)) == nil {
			return graph.New(132012, "%s%s: the template has no such component.", at, s.Type)
		}
	}
	return cmp.Or(
		t.checkHeader(at+"header", find(parts, "HEADER"), parametersOf(sent, "header")),
		t.checkText(at+"body", find(parts, "BODY"), parametersOf(sent, "body")),
		t.checkText(at+"footer", nil, parametersOf(sent, "footer")), // it has no variables
		checkButtons(at+"buttons", find(parts, "BUTTONS"), sent),
		t.checkCards(at+"carousel", find(parts, "CAROUSEL"), sent),
	)
}

// filledType is the type of the template's component that a sent one fills in.
func filledType(sent message.Component) string {
	if sent.Type == "button" {
		return "BUTTONS"
	}
	return strings.ToUpper(sent.Type)
}

func find(parts []component, typ string) *component {
	if i := slices.IndexFunc(parts, func(c component) bool { return c.Type == typ }); i >= 0 {
		return &parts[i]
	}
	return nil
}

// parametersOf returns the parameters for a type of component, in order.
func parametersOf(sent []message.Component, typ string) (given []message.Parameter) {
	for _, s := range sent {
		if s.Type == typ {
			given = append(given, s.Parameters...)
		}
	}
	return given
}

func wrongCount(at string, given, wanted int) *graph.Error {
	return graph.New(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)", at, given, wanted)
}

func wrongFormat(at, wanted, given string) *graph.Error {
	return graph.New(132012, "%s: Format mismatch, expected %s, received %s", at, wanted, strings.ToUpper(given))
}

func (t *Template) checkHeader(at string, header *component, given []message.Parameter) *graph.Error {
	if header == nil || header.Format == "TEXT" {
		if refused := t.checkText(at, header, given); refused != nil || header == nil {
			return refused
		}
		if n := params.Characters(filled(*header, given)); n > maxHeader { // as for a body [?]
			return graph.New(132005, "%s: the text has %d characters with its parameters; %d are allowed.", at, n, maxHeader)
		}
		return nil
	}
	switch {
	case len(given) == 0: // Meta has no 132000 for it
		return wrongFormat(at, header.Format, "UNKNOWN")
	case len(given) > 1:
		return wrongCount(at, len(given), 1)
	case !strings.EqualFold(given[0].Type, header.Format):
		return wrongFormat(at, header.Format, given[0].Type)
	}
	return nil
}

// checkText compares parameters with the variables of a text. c is nil if the
// template has no such text.
func (t *Template) checkText(at string, c *component, given []message.Parameter) *graph.Error {
	var names []string
	if c != nil {
		names = variables(c.Text)
	}
	if len(given) != len(names) {
		return wrongCount(at, len(given), len(names))
	}
	seen := map[string]bool{}
	for i, g := range given {
		switch {
		case !slices.Contains([]string{"text", "currency", "date_time"}, g.Type):
			return wrongFormat(at, "TEXT", g.Type)
		case t.Format != "NAMED" && g.Name != "":
			return graph.New(132012, "%s: parameter %d has the parameter_name %q; the variables of the template have numbers, so none is allowed.", at, i+1, g.Name)
		case t.Format != "NAMED":
		case g.Name == "":
			// piusalfred/whatsapp#100, netflie/laravel-notification-whatsapp#41
			refused := graph.New(100, "Parameter name is missing or empty")
			refused.Why = fmt.Sprintf("%s: parameter %d has no parameter_name; it must be one of %s.", at, i+1, strings.Join(names, ", "))
			return refused
		case !slices.Contains(names, g.Name):
			return graph.New(132012, "%s: parameter %d has the parameter_name %q; it must be one of %s.", at, i+1, g.Name, strings.Join(names, ", "))
		case seen[g.Name]:
			return graph.New(132012, "%s: parameter %d has the parameter_name %q; an earlier one has it too.", at, i+1, g.Name)
		}
		seen[g.Name] = true
	}
	return nil
}
