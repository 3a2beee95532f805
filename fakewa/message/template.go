package message

import (
	"regexp"

	"wappasim/fakewa/graph"
)

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

// The values that Meta's enums have. Those of buttons are from a message that was refused
// [shridarpatil/frappe_whatsapp#188]; the others are Meta's documentation [?].
var (
	componentTypes = []string{"body", "button", "call_permission_request", "carousel", "header", "limited_time_offer", "order_status", "tap_target_configuration"}
	cardComponents = []string{"body", "button", "header"}
	subTypes       = []string{"booking_confirmation", "catalog", "copy_code", "flow", "mpm", "order_details", "quick_reply", "reminder", "url", "voice_call"}
	parameterTypes = []string{
		"action", "coupon_code", "currency", "date_time", "document", "gif", "image", "limited_time_offer", "location",
		"order_status", "payload", "product", "tap_target_configuration", "text", "ttl_minutes", "video",
	}
)

func template(m object) {
	t := m.object("template")
	parsed := &Template{Name: t.text("name", 512), Language: t.object("language").language()}
	for _, c := range t.optionalItems("components") {
		parsed.Components = append(parsed.Components, c.component(componentTypes))
	}
	m.message.Template = parsed
}

// language returns the code. The policy is optional; Meta's OpenAPI file requires it.
func (o object) language() string {
	o.optionalEnum("policy", "deterministic")
	return o.text("code", unlimited)
}

// component reads a component of one of types. Its keys are those of all types.
func (o object) component(types []string) Component {
	c := Component{Type: o.enum("type", types...)}
	o.asked.Ask("sub_type")
	o.asked.Ask("index")
	o.asked.Ask("cards")
	switch c.Type {
	case "button":
		c.SubType = o.enum("sub_type", subTypes...)
		c.Index = o.integer("index", 0, 9)
	case "carousel":
		c.Cards = o.templateCards()
	}
	for _, p := range o.optionalItems("parameters", parameterTypes...) {
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
			read.Components = append(read.Components, c.component(cardComponents))
		}
		cards = append(cards, read)
	}
	return cards
}

// parameter reads a parameter.
func (o object) parameter() Parameter {
	p := Parameter{Type: o.enum("type", parameterTypes...), Name: o.optionalText("parameter_name", unlimited)}
	if p.Type == "" || !o.mandatory(p.Type) {
		return p
	}
	switch p.Type {
	case "text":
		p.Text, _ = get[string](o, "text")
		o.checkParameter(p.Text)
	case "payload", "coupon_code":
		p.Text = o.text(p.Type, unlimited)
	case "currency":
		c := o.object("currency")
		p.Text = c.text("fallback_value", unlimited)
		c.text("code", unlimited)
		c.integer("amount_1000", -1<<53, 1<<53)
	case "date_time":
		p.Text = o.dateTime()
	case "image", "video", "document":
		o.media(p.Type)
	case "location":
		o.place()
	case "limited_time_offer":
		o.object("limited_time_offer").number("expiration_time_ms", 0, 1<<53)
	case "product":
		product := o.object("product")
		product.text("product_retailer_id", unlimited)
		product.optionalText("catalog_id", unlimited)
	case "action":
		o.templateAction()
	case "order_status":
		o.open("order_status")
	}
	return p
}

// mandatory refuses a parameter without the value that its type names, with Meta's words
// [shridarpatil/frappe_whatsapp#43].
func (o object) mandatory(typ string) bool {
	if !o.has(typ) && o.malformed == nil {
		o.malformed = graph.New(100, "Parameter '%s' is mandatory for component parameter type '%[1]s'", typ)
		o.malformed.Why = o.reason(typ, "is missing; a parameter of this type must have it.")
	}
	return o.malformed == nil
}

// dateTime reads a date. Besides the text that WhatsApp shows, it may have the parts that
// the API took before.
func (o object) dateTime() string {
	d := o.object("date_time", "day_of_week", "year", "month", "day_of_month", "hour", "minute", "calendar")
	return d.text("fallback_value", unlimited)
}

// templateAction reads the action of a button. The flow and the order are the business' own.
func (o object) templateAction() {
	a := o.object("action")
	a.optionalText("flow_token", unlimited)
	a.optionalText("thumbnail_product_retailer_id", unlimited)
	for _, name := range []string{"flow_action_data", "order_details"} {
		if a.has(name) {
			a.open(name)
		}
	}
	for _, s := range a.optionalItems("sections") {
		s.optionalText("title", unlimited)
		for _, item := range s.items("product_items", 1, unlimited) {
			item.text("product_retailer_id", unlimited)
		}
	}
}

// unfit finds what the text of a parameter must not have.
var unfit = regexp.MustCompile("[\n\r\t]| {5}")

// checkParameter refuses a text that the template cannot show [netflie/whatsapp-cloud-api#201,
// dimagi/open-chat-studio#4277]. It is known of bodies; that headers and buttons are alike is [?].
func (o object) checkParameter(text string) {
	if text == "" {
		refused := graph.New(131008, "Parameter of type text is missing text value")
		refused.Why = o.reason("text", "is empty; it must have at least 1 character.")
		o.refuseAs(refused)
	}
	if found := unfit.FindString(text); found != "" {
		refused := graph.New(132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
		refused.Why = o.reason("text", "is %.60q; it has %q.", text, found)
		o.refuseAs(refused)
	}
}
