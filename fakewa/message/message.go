// Package message checks the bodies of POST /{phone}/messages of the WhatsApp Cloud
// API, and reads them. [Rules.Parse] does both:
//
//	m, refused := message.Rules{}.Parse("application/json", body)
//	if refused != nil {
//		return refused // as in: (#100) Param text['body'] must be at most 4096 characters long.
//	}
//	fmt.Println(m.To, m.Type, m.Text)
//
// Each type of message has a file of its own with its fields and limits: text.go,
// list.go, button.go and so on. [Supported] lists the types.
//
// The package looks at one body alone. It does not know which numbers, media and
// templates exist or when a user last wrote, and it sends nothing.
package message

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// types are all types of message. A new type is a file, and a line here.
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

// Supported returns all types of message, sorted. An interactive message has its kind
// in its name, as in "interactive.button".
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

// Rules are the limits about which Meta's sources disagree. The zero value has the
// defaults.
type Rules struct {
	ListBody int // characters of a list's body. Default 4096; Meta's OpenAPI file has 1024
	Contacts int // contacts in a message. Default 257; Meta's OpenAPI file has 5

	// CodePoints counts the characters of a text in Unicode's code points, as clients in
	// Python do. The default is UTF-16 units, as clients in JavaScript do: then an emoji has
	// two, and no text is taken that Meta might refuse.
	CodePoints bool

	// TakeUnknown takes keys that the package does not know, and lists them in the
	// message. The default is to refuse them, as Meta does.
	TakeUnknown bool `json:"-"` // a setting of its own in fakewa.Config
}

// Message is a body that was accepted: a message, or a mark-as-read.
type Message struct {
	To           string          // as sent: a phone number, or the id of a group
	Recipient    string          // as sent: a business-scoped user id; if To is set, To counts
	Group        bool            // To is a group
	Type         string          // "text" if the body had none
	ReplyTo      string          // context.message_id
	Opaque       string          // biz_opaque_callback_data
	IdentityHash string          // recipient_identity_key_hash
	Body         json.RawMessage // the whole body as JSON; verbatim if it was JSON
	Text         string          // text.body; "" for other types
	Media        []Media         // that the message names, in order
	Choices      []Choice        // what the user can tap, in order
	Reaction     *Reaction       // nil: another type
	Template     *Template       // nil: another type
	Read         *Read           // not nil: a mark-as-read, which has only Body and Unknown besides
	Unknown      []string        // paths of unknown keys, if the rules take them
}

// Parse reads a body of JSON, or of a form if contentType says so. It returns the
// message, or the first refusal. As Meta does, it looks at the shape of the whole body
// first:
//
//   - 100: the body is not a JSON object; a field is missing, has the wrong JSON type, is
//     none of the values that there are, or is too short or too long; a key is unknown
//
// and then at what it means:
//
//   - 131051: the type of message is one that businesses cannot send
//   - 131008: another field is needed because of the value of one
//   - 131009: any other value is not valid; also texts and lists of an interactive message
//     that are too short or too long
//
// The message does not alias body.
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
	p := &parsing{rules: r, message: &Message{Body: withoutToken(fields, body)}}
	return p.parse(fields)
}

// parse reads a body.
func (p *parsing) parse(fields map[string]any) (*Message, *graph.Error) {
	p.in("", fields, envelopeKeys...).envelope()
	var unknown *graph.Error
	if !p.rules.TakeUnknown {
		unknown = p.keys.Refusal("body")
	}
	if refused := cmp.Or(unknown, p.malformed, p.refused); refused != nil {
		return nil, refused
	}
	if p.rules.TakeUnknown {
		p.message.Unknown = p.keys.Unknown()
	}
	return p.message, nil
}

// envelopeKeys are the keys of a body that is a message or a mark-as-read: the objects of
// all types, whichever the message is of, and what the Graph API has in all calls.
var envelopeKeys = append(slices.Sorted(maps.Keys(types)),
	"biz_opaque_callback_data", "context", "message_id", "recipient", "recipient_identity_key_hash", "recipient_type", "status", "to", "type", "typing_indicator",
	"access_token", "appsecret_proof")

// envelope reads the fields that all messages have, and then those of the type.
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
	given := "text"
	if o.has("type") {
		given, _ = get[string](o, "type")
	}
	o.message.Type = strings.ToLower(given)
	choose(o, given, types, "gif", "link_preview", "pin")
}

// choose reads what the field type says. others are types that Meta's enum has beside
// ours; that they get 131051 is [?].
func choose(o object, given string, kinds map[string]func(object), others ...string) {
	kind := strings.ToLower(given) // Meta's lists are in upper case
	o.note("type", kind, func(f *fact) { f.values = slices.Sorted(maps.Keys(kinds)) })
	if parse, ok := kinds[kind]; ok {
		parse(o)
		return
	}
	names := slices.Sorted(maps.Keys(kinds))
	if slices.Contains(others, kind) {
		o.asked.Open() // nobody reads what the type needs
		o.refuse(131051, "type", "is %q; it must be %s.", kind, anyOf(names...))
		return
	}
	o.notOneOf("type", given, append(names, others...), names...)
}

// sentOverWhatsApp checks messaging_product.
func (o object) sentOverWhatsApp() {
	if !o.present("messaging_product") {
		o.missing("messaging_product", `is missing; it must be "whatsapp".`)
	}
	o.enum("messaging_product", "whatsapp")
}

// addressee reads for whom the message is.
func (o object) addressee() {
	m := o.message
	if o.has("recipient_type") {
		m.Group = o.enum("recipient_type", "individual", "group") == "group"
	}
	m.To = o.optionalText("to", unlimited)
	m.Recipient = o.optionalText("recipient", unlimited)
	switch {
	case m.Group && m.To == "":
		o.missing("to", "is missing; it must be the id of a group.")
	case m.Group:
	case m.To == "" && m.Recipient == "":
		o.missing("to", "is missing; it must be a phone number, or recipient a business-scoped user id.")
	case strings.HasPrefix(strings.TrimLeft(m.To, "+-() "), "00"):
		o.invalid("to", "is %.60q; it must be a phone number with its country code, without 00 before it.", m.To)
	case m.To == "" && !BusinessScoped(m.Recipient):
		o.refuse(131009, "recipient", `is %.60q; it must be a business-scoped user id such as "US.13491208655302741918".`, m.Recipient)
	case m.To != "" && !isPhone(m.To) && !BusinessScoped(m.To): // an id is taken, and never arrives
		o.refuse(131009, "to", "is %.60q; it must be a phone number: 1 to 20 digits; +, -, (, ) and spaces are allowed too.", m.To)
	}
}

// invalid refuses the body for the shape of a field of which Meta says nothing more
// [gabrieldwight/Whatsapp-Business-Cloud-Api-Net#31].
func (o object) invalid(name, why string, args ...any) {
	if o.malformed == nil {
		o.malformed = graph.New(100, "%s", o.reason(name, why, args...))
	}
}

var businessScoped = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$`)

// BusinessScoped reports whether id has the form of a business-scoped user id,
// which stands for a user whose number the business does not know.
func BusinessScoped(id string) bool {
	return id != "" && id[0] >= 'A' && businessScoped.MatchString(id) // most are numbers
}

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
