package message

import (
	"slices"

	"wappasim/fakewa/graph"
)

// interactives are all kinds of interactive messages. A new kind is a file, and a
// line here.
var interactives = map[string]func(object){
	"address_message":          actionUnchecked,
	"button":                   button,
	"call_permission_request":  actionUnchecked,
	"carousel":                 carousel,
	"catalog_message":          catalogMessage,
	"cta_url":                  ctaURL,
	"flow":                     flow,
	"list":                     list,
	"location_request_message": locationRequest,
	"order_details":            actionUnchecked,
	"order_status":             actionUnchecked,
	"product":                  product,
	"product_list":             productList,
	"request_contact_info":     requestContactInfo,
	"voice_call":               actionUnchecked,
}

// Choice is something that a user can tap.
type Choice struct {
	// Kind is button, row, quick_reply, cta_url, flow, product,
	// catalog_message, send_location or request_contact_info.
	Kind string
	// ID is the id of a button or row, the payload of a template's quick
	// reply, the URL of a cta_url, the token of a flow, or the retailer id of a
	// product or of a catalog's thumbnail, or request_contact_info.
	ID          string
	Title       string // "" if WhatsApp or the template words it
	Description string // of a row; "" if there is none
}

// Sends tells whether a tap sends a message to the bot, and does not only open something.
func (c Choice) Sends() bool {
	return c.Kind == "button" || c.Kind == "row" || c.Kind == "quick_reply" || c.Kind == contactInfoRequest
}

func interactive(m object) {
	i := m.object("interactive", "header", "body", "footer", "action")
	if kind, ok := need[string](i, "type"); ok {
		choose(i, kind, interactives, "form_message", "menu_options", "message_with_link", "message_with_link_status")
	}
}

// action returns the action. Its keys are those of all kinds of messages.
func (o object) action() object {
	return o.object("action", "button", "buttons", "cards", "catalog_id", "mode", "name", "parameters", "product_retailer_id", "sections")
}

// actionUnchecked reads the kinds of which Meta does not document the action enough to
// check it.
func actionUnchecked(i object) {
	i.optionalHeader(anyHeader...)
	i.optionalBody(1024)
	i.optionalFooter()
	a := i.action()
	a.optionalText("name", unlimited)
	if a.has("parameters") {
		a.open("parameters")
	}
}

var anyHeader = []string{"text", "image", "video", "document"}

// header reads a header, which is of one of kinds. That another kind of header than those
// of the message is a matter of its meaning (131009) is [?].
func (o object) header(kinds ...string) {
	h := o.object("header", "text", "image", "video", "document", "gif")
	kind := h.enum("type", anyHeader...)
	h.note("type", kind, func(f *fact) { f.values = kinds })
	switch {
	case kind == "":
	case !slices.Contains(kinds, kind):
		h.asked.Open()
		h.refuse(131009, "type", "is %q; it must be %s.", kind, anyOf(kinds...))
	case kind != "text":
		h.media(kind)
	case !h.has("text"):
		// Secreto31126/whatsapp-api-js#54; other reports have 131008 [!]
		refused := graph.New(131009, "Text cannot be null for header type text")
		refused.Subcode, refused.Why = 2494010, h.reason("text", "is missing; it must be a string.")
		h.refuseAs(refused)
	default:
		h.text("text", 60)
	}
}

func (o object) optionalHeader(kinds ...string) {
	if o.has("header") {
		o.header(kinds...)
	}
}

func (o object) body(max int) { o.object("body").text("text", max) }

func (o object) optionalBody(max int) {
	if o.has("body") {
		o.body(max)
	}
}

func (o object) optionalFooter() {
	if o.has("footer") {
		need[string](o.object("footer"), "text")
		o.object("footer").optionalText("text", 60)
	}
}

func (o object) choice(c Choice) { o.message.Choices = append(o.message.Choices, c) }
