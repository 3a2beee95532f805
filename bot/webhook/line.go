package webhook

import (
	"fmt"
	"strings"
)

// lines tells for each inbound type how a person reads it. Types and fields
// are those of Meta's webhook reference, "messages". A type that is missing
// here is shown by its name.
var lines = map[string]func(fields) string{
	"text":        func(m fields) string { return m.object("text").text("body") },
	"image":       func(m fields) string { return tagged("image", m.object("image").text("caption")) },
	"video":       func(m fields) string { return tagged("video", m.object("video").text("caption")) },
	"sticker":     func(fields) string { return "[sticker]" },
	"audio":       audio,
	"voice":       func(fields) string { return "[voice message]" },
	"document":    document,
	"location":    location,
	"contacts":    contacts,
	"interactive": interactive,
	"button":      func(m fields) string { return tagged("button", m.object("button").first("text", "payload")) },
	"reaction":    reaction,
	"order":       order,
	"revoke":      func(fields) string { return "[deleted]" },
	"system":      func(m fields) string { return tagged("system", m.object("system").first("body", "type")) },
	"unsupported": unsupported,
}

func line(typ string, m fields) string {
	if f, ok := lines[typ]; ok {
		if s := f(m); strings.TrimSpace(s) != "" {
			return s
		}
	}
	return tagged(typ)
}

// tagged writes "[tag] a b", leaving out what is empty.
func tagged(tag string, words ...string) string {
	return join(" ", append([]string{"[" + tag + "]"}, words...)...)
}

func join(sep string, words ...string) string {
	var kept []string
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, sep)
}

func audio(m fields) string {
	if m.object("audio").text("voice") == "true" {
		return "[voice message]"
	}
	return "[audio]"
}

func document(m fields) string {
	d := m.object("document")
	return tagged("document", join(": ", d.text("filename"), d.text("caption")))
}

func location(m fields) string {
	l := m.object("location")
	point := join(", ", l.text("latitude"), l.text("longitude"))
	place := join(", ", l.text("name"), l.text("address"))
	if place != "" && point != "" {
		point = "(" + point + ")"
	}
	return tagged("location", place, point)
}

func contacts(m fields) string {
	var cards []string
	for _, c := range m.list("contacts") {
		name := c.object("name").first("formatted_name", "first_name", "last_name")
		var phones []string
		for _, p := range c.list("phones") {
			phones = append(phones, p.first("phone", "wa_id"))
		}
		cards = append(cards, join(" ", name, join(" ", phones...)))
	}
	return tagged("contacts", join(", ", cards...))
}

func interactive(m fields) string {
	i := m.object("interactive")
	switch i.text("type") {
	case "button_reply":
		return tagged("button", i.object("button_reply").first("title", "id"))
	case "list_reply":
		r := i.object("list_reply")
		return tagged("list", join(": ", r.first("title", "id"), r.text("description")))
	case "nfm_reply":
		return tagged("form", i.object("nfm_reply").first("body", "name"))
	}
	return tagged("interactive", i.text("type"))
}

func reaction(m fields) string {
	if emoji := m.object("reaction").text("emoji"); emoji != "" {
		return tagged("reaction", emoji)
	}
	return "[reaction removed]"
}

func order(m fields) string {
	o := m.object("order")
	var items []string
	for _, p := range o.list("product_items") {
		items = append(items, fmt.Sprintf("%s × %s", p.text("quantity"), p.text("product_retailer_id")))
	}
	return tagged("order", join(": ", join(", ", items...), o.text("text")))
}

func unsupported(m fields) string {
	what := m.object("unsupported").text("type")
	if errs := reasons(m); what == "" && len(errs) > 0 {
		what = errs[0].Title
	}
	return tagged("unsupported", what)
}
