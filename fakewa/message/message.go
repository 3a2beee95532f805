// Package message reads what is sent to POST /{phone}/messages of the WhatsApp
// Cloud API: begin with [Rules.Parse]. It checks a body by itself. It does not
// know numbers, media, templates or the 24-hour window, and it sends nothing.
package message

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// types is every type of message. A new one is a file and a line here.
var types = map[string]func(object){
	"audio":       audio,
	"contacts":    contacts,
	"document":    document,
	"image":       image,
	"interactive": interactive,
	"location":    location,
	"reaction":    reaction,
	"sticker":     sticker,
	"template":    template,
	"text":        text,
	"video":       video,
}

// Supported returns the types of message, sorted. An interactive one is named
// with its kind, as in "interactive.button".
func Supported() []string {
	var names []string
	for name := range types {
		if name != "interactive" {
			names = append(names, name)
		}
	}
	for kind := range interactives {
		names = append(names, "interactive."+kind)
	}
	slices.Sort(names)
	return names
}

// Rules are what Meta's sources disagree about. The zero Rules are the defaults.
type Rules struct {
	ListBody int // characters of a list's body; 0 is 4096, Meta's OpenAPI file has 1024
	Contacts int // contacts in a message; 0 is 257, Meta's OpenAPI file has 5
}

// Message is a body that was accepted: a message, or the mark that one was read.
type Message struct {
	To           string          // as sent: a phone number, or the id of a group
	Recipient    string          // as sent: a business-scoped user id; To counts if there is one
	Group        bool            // To is a group
	Type         string          // "text" if the body had none
	ReplyTo      string          // context.message_id
	Opaque       string          // biz_opaque_callback_data
	IdentityHash string          // recipient_identity_key_hash
	Body         json.RawMessage // the whole as JSON; verbatim if it came as JSON
	Text         string          // text.body; "" for other types
	Media        []Media         // all that the message names, in order
	Choices      []Choice        // what the user can tap, in order
	Reaction     *Reaction       // nil: another type
	Template     *Template       // nil: another type
	Read         *Read           // set: a mark-as-read, and nothing else is set but Body
}

// Parse reads a body of JSON, or of a form if contentType says so. What it
// refuses gets the first reason found: code 100 for what is no JSON object, a
// field of the wrong JSON type or a wrong messaging_product, 131008 for what is
// missing or empty, 131051 for an unknown type and 131009 for any other value
// that is not valid. Fields it does not know are accepted. Characters are
// UTF-16 units, the strictest reading of Meta's limits.
func (r Rules) Parse(contentType string, body []byte) (*Message, *graph.Error) {
	body, refused := asJSON(contentType, body)
	if refused != nil {
		return nil, refused
	}
	if !utf8.Valid(body) {
		return nil, graph.New(100, "The body is not UTF-8.")
	}
	var decoded any
	if err := json.Unmarshal(body, &decoded); err != nil {
		return nil, graph.New(100, "The body cannot be read as JSON: %v.", err)
	}
	fields, ok := decoded.(map[string]any)
	if !ok {
		return nil, graph.New(100, "The body is %s; it must be an object.", params.Kind(decoded))
	}
	p := &parsing{rules: r, message: &Message{Body: bytes.Clone(body)}}
	object{parsing: p, fields: fields}.envelope()
	if p.refused != nil {
		return nil, p.refused
	}
	return p.message, nil
}

// envelope reads what all bodies have, and then what the type has.
func (o object) envelope() {
	o.sentOverWhatsApp()
	if o.has("status") {
		read(o)
		return
	}
	o.addressee()
	if o.has("context") {
		o.message.ReplyTo = o.object("context").text("message_id", unlimited)
	}
	o.message.Opaque = o.optionalText("biz_opaque_callback_data", 512)
	o.message.IdentityHash = o.optionalText("recipient_identity_key_hash", unlimited)
	o.message.Type = "text"
	if o.has("type") {
		o.message.Type = o.text("type", unlimited)
	}
	parse, ok := types[o.message.Type]
	if !ok {
		o.refuse(131051, "type", "is %.60q; it must be %s.", o.message.Type, anyOf(slices.Sorted(maps.Keys(types))...))
		return
	}
	parse(o)
}

// sentOverWhatsApp checks messaging_product. Its absence has a title of its own.
func (o object) sentOverWhatsApp() {
	if !o.has("messaging_product") {
		o.refuse(100, "messaging_product", `is missing; it must be "whatsapp".`)
		o.refused.Message = "(#100) The parameter messaging_product is required."
	}
	if s, ok := get[string](o, "messaging_product"); ok && s != "whatsapp" {
		o.refuse(100, "messaging_product", `is %.60q; it must be "whatsapp".`, s)
	}
}

func (o object) addressee() {
	m := o.message
	if o.has("recipient_type") {
		m.Group = o.enum("recipient_type", "individual", "group") == "group"
	}
	m.To = o.optionalText("to", unlimited)
	m.Recipient = o.optionalText("recipient", unlimited)
	switch {
	case m.Group && m.To == "":
		o.refuse(131008, "to", "is missing; it must be the id of a group.")
	case m.Group:
	case m.To == "" && m.Recipient == "":
		o.refuse(131008, "to", "is missing; it must be a phone number, or recipient a business-scoped user id.")
	case m.To == "" && !BusinessScoped(m.Recipient):
		o.refuse(131009, "recipient", `is %.60q; it must be a business-scoped user id such as "US.13491208655302741918".`, m.Recipient)
	case m.To != "" && !isPhone(m.To):
		o.refuse(131009, "to", "is %.60q; it must be a phone number: 1 to 20 digits, among which +, -, (, ) and blanks are allowed.", m.To)
	}
}

var businessScoped = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$`)

// BusinessScoped reports whether id has the form of a business-scoped user id,
// which stands for a user whose number the business does not know.
func BusinessScoped(id string) bool { return businessScoped.MatchString(id) }

func isPhone(s string) bool {
	digits := 0
	for _, c := range s {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case !strings.ContainsRune("+-() ", c):
			return false
		}
	}
	return 1 <= digits && digits <= 20
}
