package message

import (
	"maps"
	"slices"
)

// interactives is every kind of interactive message. A new one is a line here.
var interactives = map[string]func(object){
	"address_message":          stored,
	"button":                   button,
	"call_permission_request":  stored,
	"carousel":                 carousel,
	"catalog_message":          catalogMessage,
	"cta_url":                  ctaURL,
	"flow":                     flow,
	"list":                     list,
	"location_request_message": locationRequest,
	"order_details":            stored,
	"order_status":             stored,
	"product":                  product,
	"product_list":             productList,
	"voice_call":               stored,
}

// Choice is something that a user can tap.
type Choice struct {
	// Kind is button, row, quick_reply, cta_url, flow, product,
	// catalog_message or send_location.
	Kind string
	// ID is what the business knows it by: the id of a button or row, the
	// payload of a template's quick reply, the URL of a cta_url, the token of a
	// flow, the retailer id of a product or of a catalog's thumbnail.
	ID          string
	Title       string // "" if WhatsApp or the template has it
	Description string // of a row; "" is none
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

// stored is the kinds whose actions Meta's sources say too little about to check
// more than that there is one.
func stored(i object) {
	i.optionalHeader(anyHeader...)
	i.optionalBody(1024)
	i.optionalFooter()
	i.object("action")
}

var anyHeader = []string{"text", "image", "video", "document"}

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
