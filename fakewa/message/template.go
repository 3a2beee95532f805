package message

import "strings"

// Template is a message that fills in a template.
type Template struct {
	Name       string
	Language   string // language.code
	Components []Component
}

// Component fills in a component of a template.
type Component struct {
	Type       string // in lower case: header, body, button, carousel, limited_time_offer, …
	SubType    string // of a button, in lower case: quick_reply, url, …
	Index      int    // of a button, from 0
	Parameters []Parameter
	Cards      []Card // of a carousel
}

// Card fills in a card of a template's carousel.
type Card struct {
	Index      int // from 0
	Components []Component
}

// Parameter is a value for a component of a template.
type Parameter struct {
	Type string // in lower case: text, currency, date_time, image, payload, …
	Name string // parameter_name; "": the position says which variable it is for
	Text string // as the template shows it, or the payload or coupon code of a button
}

func template(m object) {
	t := m.object("template")
	parsed := &Template{Name: t.text("name", 512), Language: t.object("language").language()}
	for _, c := range t.optionalItems("components") {
		parsed.Components = append(parsed.Components, c.component())
	}
	m.message.Template = parsed
}

// language returns the code. The policy is optional; Meta's OpenAPI file requires it.
func (o object) language() string {
	o.optionalText("policy", unlimited)
	return o.text("code", unlimited)
}

func (o object) component() Component {
	c := Component{Type: strings.ToLower(o.text("type", unlimited))}
	switch c.Type {
	case "button":
		c.SubType = strings.ToLower(o.text("sub_type", unlimited))
		c.Index = o.integer("index", 0, 9)
	case "carousel":
		c.Cards = o.templateCards()
	}
	for _, p := range o.optionalItems("parameters") {
		parameter := p.parameter()
		c.Parameters = append(c.Parameters, parameter)
		if c.SubType == "quick_reply" {
			o.choice(Choice{Kind: "quick_reply", ID: parameter.Text})
		}
	}
	return c
}

func (o object) templateCards() (cards []Card) {
	for _, card := range o.items("cards", 1, 10) {
		read := Card{Index: card.integer("card_index", 0, 9)}
		for _, c := range card.optionalItems("components") {
			if kind, _ := get[string](c, "type"); strings.EqualFold(kind, "carousel") {
				c.refuse(131009, "type", `is "carousel"; a card cannot have one.`)
			}
			read.Components = append(read.Components, c.component())
		}
		cards = append(cards, read)
	}
	return cards
}

// parameter reads a parameter. It accepts types that it does not know.
func (o object) parameter() Parameter {
	p := Parameter{Type: strings.ToLower(o.text("type", unlimited)), Name: o.optionalText("parameter_name", unlimited)}
	switch p.Type {
	case "text", "payload", "coupon_code":
		p.Text = o.text(p.Type, unlimited)
	case "currency":
		c := o.object("currency")
		p.Text = c.text("fallback_value", unlimited)
		c.text("code", unlimited)
		c.integer("amount_1000", -1<<53, 1<<53)
	case "date_time":
		p.Text = o.object("date_time").text("fallback_value", unlimited)
	case "image", "video", "document":
		o.media(p.Type)
	case "location":
		o.place()
	case "action":
		o.object("action")
	}
	return p
}
