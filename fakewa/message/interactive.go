package message

import (
	"maps"
	"slices"
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
	i := m.object("interactive")
	kind := i.text("type", unlimited)
	parse, ok := interactives[kind]
	if !ok {
		i.refuse(131051, "type", "is %.60q; it must be %s.", kind, anyOf(slices.Sorted(maps.Keys(interactives))...))
		return
	}
	parse(i)
}

// actionUnchecked reads the kinds of which Meta does not document the action enough to
// check it.
func actionUnchecked(i object) {
	i.optionalHeader(anyHeader...)
	i.optionalBody(1024)
	i.optionalFooter()
	i.object("action")
}

var anyHeader = []string{"text", "image", "video", "document"}

// header reads a header, which is of one of kinds.
func (o object) header(kinds ...string) {
	h := o.object("header")
	if kind := h.enum("type", kinds...); kind == "text" {
		h.text("text", 60)
	} else {
		h.media(kind)
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
		o.object("footer").text("text", 60)
	}
}

func (o object) choice(c Choice) { o.message.Choices = append(o.message.Choices, c) }
