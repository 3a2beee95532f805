package fakewa

import (
	"errors"
	"fmt"
	"maps"

	"wappasim/fakewa/internal/inbound"
	"wappasim/fakewa/internal/media"
	"wappasim/fakewa/internal/wire"
	"wappasim/fakewa/message"
)

// Content is a user's message: the messages[] object of a webhook without from, id and
// timestamp, which the fake adds. Where they are missing it also adds what WhatsApp always
// sends: an id, a SHA-256, a MIME type and a URL of media, a context of answers, … The bot can download
// media for 7 days: the bytes under "data" in their object ([]byte, or a string in
// base64), which the webhook leaves out, or a small sample file of their type.
type Content map[string]any

// sentTypes are the MIME types of media that people's phones send.
var sentTypes = map[string]string{
	"image":    "image/jpeg",
	"video":    "video/mp4",
	"audio":    "audio/ogg; codecs=opus",
	"voice":    "audio/ogg; codecs=opus",
	"document": "application/pdf",
	"sticker":  "image/webp",
}

// Text is a text.
func Text(body string) Content { return of("text", map[string]any{"body": body}) }

// Image is a picture with a caption, which may be empty.
func Image(caption string) Content { return of("image", captioned(caption)) }

// Video is a film with a caption, which may be empty.
func Video(caption string) Content { return of("video", captioned(caption)) }

// Audio is a sound file.
func Audio() Content { return of("audio", map[string]any{"voice": false}) }

// Voice is a voice note.
func Voice() Content { return of("audio", map[string]any{"voice": true}) }

// Document is a file with a caption, which may be empty.
func Document(filename, caption string) Content {
	d := captioned(caption)
	d["filename"] = filename
	return of("document", d)
}

// Sticker is a sticker.
func Sticker() Content { return of("sticker", map[string]any{"animated": false}) }

// Location is a place; name and address may be empty.
func Location(latitude, longitude float64, name, address string) Content {
	l := map[string]any{"latitude": latitude, "longitude": longitude}
	if name != "" {
		l["name"] = name
	}
	if address != "" {
		l["address"] = address
	}
	return of("location", l)
}

// Contact is the card of a person.
func Contact(name, phone string) Content {
	return of("contacts", []any{map[string]any{
		"name":   map[string]any{"formatted_name": name, "first_name": name},
		"phones": []any{map[string]any{"phone": phone, "type": "MOBILE"}},
	}})
}

// ButtonReply is a tap on a reply button.
func ButtonReply(id, title string) Content {
	return of("interactive", map[string]any{"type": "button_reply", "button_reply": map[string]any{"id": id, "title": title}})
}

// ListReply is the choice of a row; description may be empty.
func ListReply(id, title, description string) Content {
	row := map[string]any{"id": id, "title": title}
	if description != "" {
		row["description"] = description
	}
	return of("interactive", map[string]any{"type": "list_reply", "list_reply": row})
}

// TemplateButton is a tap on a template's quick reply. The payload is the label
// unless the bot sent another.
func TemplateButton(payload, label string) Content {
	return of("button", map[string]any{"payload": payload, "text": label})
}

// FlowReply is a flow that the user has filled in; response is a JSON object.
func FlowReply(response string) Content {
	return of("interactive", map[string]any{"type": "nfm_reply", "nfm_reply": map[string]any{"name": "flow", "body": "Sent", "response_json": response}})
}

// Reaction is a reaction to a message; an empty emoji takes it back.
func Reaction(messageID, emoji string) Content {
	r := map[string]any{"message_id": messageID}
	if emoji != "" {
		r["emoji"] = emoji
	}
	return of("reaction", r)
}

// Order is an order of one product.
func Order(product string, quantity int) Content {
	return of("order", map[string]any{"catalog_id": "194836987003835", "text": "", "product_items": []any{
		map[string]any{"product_retailer_id": product, "quantity": quantity, "item_price": 5, "currency": "USD"},
	}})
}

// NumberChanged is WhatsApp's message that the user has another number now.
func NumberChanged(from, to string) Content {
	return of("system", map[string]any{"type": "user_changed_number", "wa_id": to, "body": fmt.Sprintf("User changed from %s to %s", from, to)})
}

// Unsupported is a message of a type that the API does not support: "poll", "edit", …
func Unsupported(what string) Content {
	c := of("unsupported", map[string]any{"type": what})
	c["errors"] = inbound.Unsupported()
	return c
}

func of(typ string, object any) Content { return Content{"type": typ, typ: object} }

func captioned(caption string) map[string]any {
	if caption == "" {
		return map[string]any{}
	}
	return map[string]any{"caption": caption}
}

func (c Content) object(name string) map[string]any {
	if o, ok := c[name].(Content); ok {
		return o
	}
	o, _ := c[name].(map[string]any)
	return o
}

// String returns what a person sees of the message; see [message.Readable].
func (c Content) String() string { return message.Readable(c.json()) }

func (c Content) json() []byte {
	text, _ := wire.JSON(map[string]any(c)) // if not, Check says so
	return text
}

// purpose is what the message's id is drawn from.
func (c Content) purpose() string {
	if body, ok := c.object("text")["body"].(string); ok {
		return body
	}
	return string(c.json())
}

// bodiless are the types of messages that need no object of their name.
var bodiless = map[string]bool{"text": true, "unsupported": true, "unknown": true, "request_welcome": true}

// Check returns what is wrong with the content, if anything is.
func (c Content) Check() error {
	typ, ok := c["type"].(string)
	if !ok || typ == "" {
		return errors.New(`fakewa: the message has no type: want an object like {"type":"text","text":{"body":"hi"}}`)
	}
	if _, has := c[typ]; !has && !bodiless[typ] && sentTypes[typ] == "" {
		return fmt.Errorf(`fakewa: the message has the type %q and no %q: want an object like {"type":"text","text":{"body":"hi"}}`, typ, typ)
	}
	if body, isText := c.object("text")["body"].(string); typ == "text" && (!isText || body == "") {
		return errors.New(`fakewa: the text has no body: want {"type":"text","text":{"body":"hi"}}`)
	}
	if id, isText := c.object(typ)["original_message_id"].(string); (typ == "edit" || typ == "revoke") && (!isText || id == "") {
		return fmt.Errorf(`fakewa: the message has the type %q and does not say of which message: want {"type":%q,%q:{"original_message_id":"wamid.…"}}, and for an edit "message" in it, which is the new content`, typ, typ, typ)
	}
	if typ == "edit" && Content(c.object(typ)).object("message")["type"] == nil {
		return errors.New(`fakewa: the edit has no message: want {"type":"edit","edit":{"original_message_id":"wamid.…","message":{"type":"text","text":{"body":"two"}}}}`)
	}
	if _, err := wire.JSON(c); err != nil {
		return fmt.Errorf("fakewa: encode the message: %w", err)
	}
	_, _, err := c.splitData()
	return err
}

// fillIn adds what a phone and WhatsApp add to a message. It does not change the caller's
// Content. The caller holds mu.
func (s *Server) fillIn(c *conversation, object map[string]any, f *media.Content) {
	inbound.Complete(object)
	typ, _ := object["type"].(string)
	if given, ok := object[typ].(map[string]any); sentTypes[typ] != "" && (ok || object[typ] == nil) {
		object[typ] = s.completeMedia(typ, given, f)
	}
	context, named := object["context"]
	switch given, ok := context.(map[string]any); {
	case ok && given["id"] != nil && given["from"] == nil:
		object["context"] = s.quoted(c, given)
	case named && context == nil: // the message answers nothing
		delete(object, "context")
	case !named && (typ == "interactive" || typ == "button"):
		if last := s.lastOut(c.user); last != nil {
			object["context"] = map[string]any{"from": s.cfg.displayDigits(), "id": last.ID}
		}
	}
	if reaction, ok := object["reaction"].(map[string]any); ok && reaction["message_id"] == nil {
		if last := s.lastOut(c.user); last != nil {
			reaction = maps.Clone(reaction)
			reaction["message_id"], object["reaction"] = last.ID, reaction
		}
	}
	if typ == "system" {
		s.changed(c, object)
	}
}

// quoted returns the context of an answer with who wrote what it answers. The caller holds
// mu.
func (s *Server) quoted(c *conversation, given map[string]any) map[string]any {
	from := s.cfg.displayDigits()
	id, _ := given["id"].(string)
	if m := s.byID[id]; m != nil && m.Direction == In {
		from = s.namesOf(c).number
	}
	context := maps.Clone(given)
	if from != "" {
		context["from"] = from
	}
	return context
}
