package message

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// Readable returns what a person sees of a message, in words. Body is the body of a send,
// or a messages[] object of a webhook. A text is its words. Everything else is named in
// brackets, as in "[image] my cat", and what can be tapped is numbered:
//
//	Hungry?
//	[1] Pizza  [2] Pasta
//
// It is for people and for comparisons, and never fails: of what it does not know it
// returns the type. A template is its name and parameters; fakewa.Message knows its text.
func Readable(body []byte) string {
	var m fields
	if json.Unmarshal(body, &m) != nil {
		return ""
	}
	kind := cmp.Or(m.text("type"), "text")
	of := m.object(kind)
	switch kind {
	case "text":
		return of.text("body")
	case "image", "video", "sticker", "document", "audio":
		return of.media(kind)
	case "location":
		return of.location()
	case "contacts":
		return m.contacts()
	case "reaction":
		return bracket("reaction", of.text("emoji"))
	case "interactive":
		return of.interactive()
	case "button":
		return bracket("tap", of.text("text"))
	case "template":
		return of.template()
	case "order":
		return m.order()
	case "system":
		return bracket("system", of.text("body"))
	case "edit":
		return of.edit()
	case "revoke":
		return bracket("delete", "")
	}
	return bracket(kind, "")
}

// fields is a JSON object of which nothing is known for sure.
type fields map[string]any

func (f fields) text(name string) string {
	switch v := f[name].(type) {
	case string:
		return v
	case float64:
		return fmt.Sprint(v)
	}
	return ""
}

func (f fields) object(name string) fields {
	o, _ := f[name].(map[string]any)
	return o
}

func (f fields) list(name string) (all []fields) {
	items, _ := f[name].([]any)
	for _, item := range items {
		if o, ok := item.(map[string]any); ok {
			all = append(all, o)
		}
	}
	return all
}

// bracket names what is not text.
func bracket(kind, what string) string { return "[" + strings.TrimSpace(kind+" "+what) + "]" }

// lines joins what is not empty.
func lines(all ...string) string {
	var kept []string
	for _, one := range all {
		if one != "" {
			kept = append(kept, one)
		}
	}
	return strings.Join(kept, "\n")
}

// media is a file with its caption.
func (f fields) media(kind string) string {
	if voice, _ := f["voice"].(bool); voice {
		kind = "voice"
	}
	return strings.TrimSpace(bracket(kind, f.text("filename")) + " " + f.text("caption"))
}

func (f fields) location() string {
	return strings.TrimSpace(bracket("location", f.text("latitude")+", "+f.text("longitude")) + " " + strings.Trim(f.text("name")+", "+f.text("address"), ", "))
}

func (f fields) contacts() string {
	var cards []string
	for _, c := range f.list("contacts") {
		card := c.object("name").text("formatted_name")
		for _, phone := range c.list("phones") {
			card += " " + phone.text("phone")
		}
		cards = append(cards, bracket("contact", card))
	}
	return lines(cards...)
}

// edit is the words that a message has after its user has edited it.
func (f fields) edit() string {
	m := f.object("message")
	of := m.object(m.text("type"))
	return strings.TrimSpace(bracket("edit", "") + " " + cmp.Or(of.text("body"), of.text("caption")))
}

func (f fields) order() string {
	var items []string
	o := f.object("order")
	for _, item := range o.list("product_items") {
		items = append(items, bracket("order", item.text("quantity")+" of "+item.text("product_retailer_id")))
	}
	return lines(append(items, o.text("text"))...)
}

func (f fields) template() string {
	words := []string{f.text("name")}
	for _, c := range f.list("components") {
		for _, p := range c.list("parameters") {
			words = append(words, p.parameter())
		}
	}
	return bracket("template", strings.Join(words, ", "))
}

func (f fields) parameter() string {
	for _, name := range []string{"text", "payload"} {
		if text := f.text(name); text != "" {
			return text
		}
	}
	kind := f.text("type")
	return cmp.Or(f.object(kind).text("fallback_value"), kind)
}

// interactive is a message of the bot with something to tap, or a user's answer to one.
func (f fields) interactive() string {
	kind := f.text("type")
	switch answer := f.object(kind); kind {
	case "button_reply", "list_reply":
		return bracket("tap", answer.text("title"))
	case "nfm_reply":
		return bracket("form", answer.text("response_json"))
	}
	return lines(f.header(), f.object("body").text("text"), f.object("footer").text("text"), f.object("action").choices(kind))
}

func (f fields) header() string {
	h := f.object("header")
	if kind := h.text("type"); kind != "" && kind != "text" {
		return h.object(kind).media(kind)
	}
	return h.text("text")
}

// choices is what an action offers: buttons in one line, rows in one each.
func (f fields) choices(kind string) string {
	var offered offer
	switch {
	case f["buttons"] != nil:
		for _, b := range f.list("buttons") {
			offered.add(b.object(cmp.Or(b.text("type"), "reply")).text("title"), "")
		}
		return offered.inLine()
	case f["sections"] != nil:
		for _, s := range f.list("sections") {
			offered.head(s.text("title"))
			for _, row := range append(s.list("rows"), s.list("product_items")...) {
				offered.add(cmp.Or(row.text("title"), row.text("product_retailer_id")), row.text("description"))
			}
		}
		return lines(f.text("button"), offered.inLines())
	case f["cards"] != nil:
		for _, card := range f.list("cards") {
			offered.head(lines(card.header(), card.object("body").text("text"), card.object("action").choices("")))
		}
		return offered.inLines()
	case kind == "product":
		return bracket("product", f.text("product_retailer_id"))
	}
	p := f.object("parameters")
	if title := cmp.Or(p.text("display_text"), p.text("flow_cta")); title != "" {
		offered.add(title, p.text("url"))
		return offered.inLine()
	}
	return bracket(cmp.Or(f.text("name"), kind), "")
}

// offer is what can be tapped, with a number before each.
type offer struct {
	lines []string
	n     int
}

func (o *offer) head(title string) {
	if title != "" {
		o.lines = append(o.lines, title)
	}
}

func (o *offer) add(title, description string) {
	o.n++
	o.lines = append(o.lines, strings.TrimSuffix(fmt.Sprintf("[%d] %s – %s", o.n, title, description), " – "))
}

func (o *offer) inLine() string  { return strings.Join(o.lines, "  ") }
func (o *offer) inLines() string { return strings.Join(o.lines, "\n") }
