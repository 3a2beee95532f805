package fakewa

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
)

// refuseTemplate returns why the API does not take a template. The caller holds mu.
func (s *Server) refuseTemplate(m *message.Message) *graph.Error {
	t := s.templateOf(m)
	if refused := s.unusable(t, m.Template); refused != nil {
		return refused
	}
	if t.Category == "AUTHENTICATION" && m.To == "" {
		return graph.New(131062, "recipient is %q; an authentication template can be sent to a phone number only.", m.Recipient)
	}
	if refused := t.mismatch("", t.parts, m.Template.Components); refused != nil {
		return refused
	}
	if n := units(t.render(m.Template)); n > maxTemplateBody {
		return graph.New(132005, "body: the text has %d characters with its parameters; %d are allowed.", n, maxTemplateBody)
	}
	return nil
}

// templateOf returns the template that a message is made of, or nil. The caller
// holds mu.
func (s *Server) templateOf(m *message.Message) *Template {
	if m.Template == nil {
		return nil
	}
	return s.template(m.Template.Name, m.Template.Language)
}

// unusable returns why a template cannot be sent at all. The caller holds mu.
func (s *Server) unusable(t *Template, sent *message.Template) *graph.Error {
	switch {
	case t == nil:
		return s.noTemplate("template name (%s) does not exist in %s: %s.", sent.Name, sent.Language, s.languages(sent.Name))
	case t.Status == "APPROVED":
		return nil
	case t.Status == "PAUSED":
		return graph.New(132015, "template name (%s) in %s is paused.", t.Name, t.Language)
	case t.Status == "DISABLED":
		return graph.New(132016, "template name (%s) in %s is disabled.", t.Name, t.Language)
	}
	return s.noTemplate("template name (%s) in %s cannot be sent: it is %s, not APPROVED.", t.Name, t.Language, t.Status)
}

func (s *Server) noTemplate(format string, args ...any) *graph.Error {
	e := graph.New(132001, format, args...)
	e.Status = s.cfg.NoTemplate
	return e
}

// languages says in which languages there is a template. The caller holds mu.
func (s *Server) languages(name string) string {
	var languages []string
	for _, t := range s.templates {
		if t.Name == name {
			languages = append(languages, t.Language)
		}
	}
	if languages == nil {
		return "there is no template of this name in any language"
	}
	return "its languages are " + strings.Join(languages, ", ")
}

// mismatch returns why components do not fill in the parts of a template, or of a
// card of it that at names.
func (t *Template) mismatch(at string, parts []templatePart, sent []message.Component) *graph.Error {
	for _, c := range sent {
		if c.Type != "header" && c.Type != "body" && findPart(parts, partType(c)) == nil {
			return graph.New(132012, "%s%s: the template has no such component.", at, c.Type)
		}
	}
	return cmp.Or(
		t.headerMismatch(at+"header", findPart(parts, "HEADER"), parametersOf(sent, "header")),
		t.textMismatch(at+"body", findPart(parts, "BODY"), parametersOf(sent, "body")),
		t.textMismatch(at+"footer", nil, parametersOf(sent, "footer")), // it has no variables
		buttonsMismatch(at+"buttons", findPart(parts, "BUTTONS"), sent),
		t.cardsMismatch(at+"carousel", findPart(parts, "CAROUSEL"), sent),
	)
}

// partType is the type of the part that a component fills in.
func partType(c message.Component) string {
	if c.Type == "button" {
		return "BUTTONS"
	}
	return strings.ToUpper(c.Type)
}

func findPart(parts []templatePart, typ string) *templatePart {
	if i := slices.IndexFunc(parts, func(p templatePart) bool { return p.Type == typ }); i >= 0 {
		return &parts[i]
	}
	return nil
}

// parametersOf returns those for a part, in order.
func parametersOf(sent []message.Component, typ string) (given []message.Parameter) {
	for _, c := range sent {
		if c.Type == typ {
			given = append(given, c.Parameters...)
		}
	}
	return given
}

func miscounted(at string, given, wanted int) *graph.Error {
	return graph.New(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)", at, given, wanted)
}

func wrongFormat(at, wanted, given string) *graph.Error {
	return graph.New(132012, "%s: Format mismatch, expected %s, received %s", at, wanted, strings.ToUpper(given))
}

func (t *Template) headerMismatch(at string, header *templatePart, given []message.Parameter) *graph.Error {
	if header == nil || header.Format == "TEXT" {
		return t.textMismatch(at, header, given)
	}
	switch {
	case len(given) == 0: // Meta has no 132000 for it
		return wrongFormat(at, header.Format, "UNKNOWN")
	case len(given) > 1:
		return miscounted(at, len(given), 1)
	case !strings.EqualFold(given[0].Type, header.Format):
		return wrongFormat(at, header.Format, given[0].Type)
	}
	return nil
}

// textMismatch returns why parameters are not those of the variables of a text,
// which may be missing.
func (t *Template) textMismatch(at string, p *templatePart, given []message.Parameter) *graph.Error {
	var names []string
	if p != nil {
		names = variables(p.Text)
	}
	if len(given) != len(names) {
		return miscounted(at, len(given), len(names))
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
			return graph.New(132012, "%s: parameter %d has no parameter_name; it must be one of %s.", at, i+1, strings.Join(names, ", "))
		case !slices.Contains(names, g.Name):
			return graph.New(132012, "%s: parameter %d has the parameter_name %q; it must be one of %s.", at, i+1, g.Name, strings.Join(names, ", "))
		case seen[g.Name]:
			return graph.New(132012, "%s: parameter %d has the parameter_name %q, as an earlier one has.", at, i+1, g.Name)
		}
		seen[g.Name] = true
	}
	return nil
}

// buttonParameter is what a button takes when it is sent.
type buttonParameter struct {
	subType  string
	typ      string // of the parameter
	required bool
}

// takes returns what a button takes; nil is nothing. Of the types that are not
// named here nobody says what they take.
func (b templateButton) takes() (p *buttonParameter, known bool) {
	switch b.Type {
	case "URL":
		if variable.MatchString(b.URL) {
			return &buttonParameter{"url", "text", true}, true
		}
		return nil, true
	case "OTP": // WhatsApp makes it a URL
		return &buttonParameter{"url", "text", true}, true
	case "PHONE_NUMBER":
		return nil, true
	case "COPY_CODE":
		return &buttonParameter{"copy_code", "coupon_code", true}, true
	case "QUICK_REPLY":
		return &buttonParameter{"quick_reply", "payload", false}, true
	case "FLOW":
		return &buttonParameter{"flow", "action", false}, true
	case "CATALOG":
		return &buttonParameter{"catalog", "action", false}, true
	case "MPM":
		return &buttonParameter{"mpm", "action", true}, true
	}
	return nil, false
}

// kind is the type of a button as Meta's errors have it.
func (b templateButton) kind() string {
	switch b.Type {
	case "URL", "OTP":
		return "Url"
	case "PHONE_NUMBER":
		return "Call"
	}
	return b.Type
}

func buttonsMismatch(at string, p *templatePart, sent []message.Component) *graph.Error {
	if p == nil {
		return nil
	}
	for _, c := range sent {
		if c.Type == "button" && c.Index >= len(p.Buttons) {
			return graph.New(132012, "%s: there is no button at index %d; the template has %d.", at, c.Index, len(p.Buttons))
		}
	}
	for i, b := range p.Buttons {
		if refused := b.mismatch(at, i, sent); refused != nil {
			return refused
		}
	}
	return nil
}

func (b templateButton) mismatch(at string, i int, sent []message.Component) *graph.Error {
	p, known := b.takes()
	if !known {
		return nil
	}
	given := buttonParameters(sent, i)
	switch {
	case p == nil && len(given) == 0:
		return nil
	case p == nil:
		return graph.New(100, "%s: Button at index %d is of type %s and does not support parameters", at, i, b.kind())
	case len(given) == 0 && p.required:
		return graph.New(131008, "%s: Button at index %d of type %s requires a parameter", at, i, b.kind())
	case len(given) > 1:
		return miscounted(fmt.Sprintf("%s: Button at index %d", at, i), len(given), 1)
	}
	for _, c := range sent {
		if c.Type == "button" && c.Index == i && c.SubType != p.subType {
			return graph.New(132012, "%s: sub_type of the button at index %d is %q; it must be %q.", at, i, c.SubType, p.subType)
		}
	}
	for _, g := range given {
		if g.Type != p.typ {
			return graph.New(132012, "%s: the parameter of the button at index %d is of type %q; it must be %q.", at, i, g.Type, p.typ)
		}
		if n := units(g.Text); b.Type == "COPY_CODE" && n > maxCoupon {
			return graph.New(132012, "%s: coupon_code of the button at index %d has %d characters; %d are allowed.", at, i, n, maxCoupon)
		}
	}
	return nil
}

// buttonParameters returns those for the button at an index.
func buttonParameters(sent []message.Component, index int) (given []message.Parameter) {
	for _, c := range sent {
		if c.Type == "button" && c.Index == index {
			given = append(given, c.Parameters...)
		}
	}
	return given
}

func (t *Template) cardsMismatch(at string, p *templatePart, sent []message.Component) *graph.Error {
	if p == nil {
		return nil
	}
	for _, c := range sent {
		for _, card := range c.Cards {
			if card.Index >= len(p.Cards) {
				return graph.New(132012, "%s: there is no card at card_index %d; the template has %d.", at, card.Index, len(p.Cards))
			}
		}
	}
	for i, card := range p.Cards {
		if refused := t.mismatch(fmt.Sprintf("%s.cards[%d].", at, i), card.Components, cardComponents(sent, i)); refused != nil {
			return refused
		}
	}
	return nil
}

// cardComponents returns what fills in the card at an index.
func cardComponents(sent []message.Component, index int) (components []message.Component) {
	for _, c := range sent {
		for _, card := range c.Cards {
			if card.Index == index {
				components = append(components, card.Components...)
			}
		}
	}
	return components
}

// render returns the text of the body with the parameters put in. They fit.
func (t *Template) render(sent *message.Template) string {
	body, values := findPart(t.parts, "BODY"), map[string]string{}
	names := variables(body.Text)
	for i, g := range parametersOf(sent.Components, "body") {
		values[cmp.Or(g.Name, names[i])] = g.Text
	}
	return variable.ReplaceAllStringFunc(body.Text, func(v string) string { return values[strings.Trim(v, "{}")] })
}

// choices returns what a user can tap on a message. The caller holds mu.
func (s *Server) choices(m *Message) []message.Choice {
	if m.template == nil {
		return m.content.Choices
	}
	return quickReplies(m.template.parts, m.content.Template.Components)
}

// quickReplies are the buttons that a user answers with, also those on cards.
func quickReplies(parts []templatePart, sent []message.Component) (choices []message.Choice) {
	for _, p := range parts {
		for i, b := range p.Buttons {
			if b.Type != "QUICK_REPLY" {
				continue
			}
			payload := b.Text
			for _, g := range buttonParameters(sent, i) {
				payload = g.Text
			}
			choices = append(choices, message.Choice{Kind: "quick_reply", ID: payload, Title: b.Text})
		}
		for i, card := range p.Cards {
			choices = append(choices, quickReplies(card.Components, cardComponents(sent, i))...)
		}
	}
	return choices
}
