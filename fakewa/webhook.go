package fakewa

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"wappasim/fakewa/internal/media"
	"wappasim/fakewa/internal/wire"
)

// Webhook is the body of a webhook: messages of users, or statuses of the bot's own.
type Webhook struct {
	Body []byte
	IDs  []string // of its messages; "sent wamid.…" for a status

	field   string // of the change: messages, …
	user    string // the user whom it concerns
	updates update // the parts of the body, until it is encoded
}

// Inbound is a message of a user before it is sent. Content is the messages[]
// object of a webhook without from, id and timestamp.
type Inbound struct {
	From    string // a number in any form, or a business-scoped user id
	Content Content
}

// update is the content of one webhook, of one of its kinds.
type update struct {
	messages, contacts, statuses []any
	value                        any   // of fields other than messages, or one that a test made
	time                         int64 // of what the value tells, in Unix seconds
}

// joins tells whether another webhook's statuses can be delivered in the same body.
func (h Webhook) joins(other Webhook) bool {
	return h.field == other.field && !toGroup(h.user) && !toGroup(other.user) && len(h.updates.statuses) > 0 && len(other.updates.statuses) > 0
}

// Sign returns the value of X-Hub-Signature-256 for a body.
func Sign(appSecret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Compose has users write messages, and returns the webhook that holds them, for
// [Server.Deliver] or [Server.DeliverOnce]. It fails for content that no user can
// send.
func (s *Server) Compose(batch ...Inbound) (Webhook, error) {
	if len(batch) == 0 {
		return Webhook{}, errors.New("fakewa: compose a webhook: there are no messages")
	}
	files := make([]*media.Content, len(batch))
	batch = slices.Clone(batch)
	for i, in := range batch {
		err := cmp.Or(in.Content.Check(), CheckUser(in.From))
		if err == nil {
			batch[i].Content, files[i], err = s.takeFile(in.Content)
		}
		if err != nil {
			return Webhook{}, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	hook := Webhook{field: "messages"}
	for i, in := range batch {
		c := s.with(s.user(in.From))
		if c.profile.NotOnWhatsApp {
			return Webhook{}, fmt.Errorf("fakewa: compose a webhook: %s is not on WhatsApp: their profile or the settings say so", c.user)
		}
		c.wroteAs(in.From)
		m, object := s.write(c, in.Content, files[i])
		hook.IDs = append(hook.IDs, m.ID)
		hook.updates.messages = append(hook.updates.messages, m.Body)
		if m.Type != "system" { // their webhooks have no contacts
			hook.updates.contacts = append(hook.updates.contacts, s.contact(c, ""))
		}
		s.learn(c, object)
	}
	hook = s.compose(hook)
	for _, id := range hook.IDs {
		if m := s.byID[id]; m != nil { // else it was dropped already
			m.webhook = hook.Body
		}
	}
	return hook, nil
}

// write completes and records the message of a user, and the file in it, if it
// has one. The object is that of its webhook. The caller holds mu.
func (s *Server) write(c *conversation, content Content, f *media.Content) (m *Message, object map[string]any) {
	now := s.clock.Now()
	object = maps.Clone(map[string]any(content))
	id := s.messageID(c, In, content.purpose())
	object["id"] = id
	object["timestamp"] = strconv.FormatInt(now.Unix(), 10)
	n := s.namesOf(c)
	for key, name := range map[string]string{"from": n.number, "from_user_id": n.id, "from_parent_user_id": n.parent} {
		if name != "" {
			object[key] = name
		}
	}
	s.fillIn(c, object, f)
	body, _ := wire.JSON(object) // Content.Check has encoded it before
	text, _ := content.object("text")["body"].(string)
	typ, _ := content["type"].(string)
	if !unwritten[typ] {
		c.wrote = now
	}
	if _, ok := content["referral"]; ok { // source_type "ad" or "post": Meta's page names both [?]
		c.entry.came = now
	}
	s.through(now) // users' messages count, and are never refused
	return s.say(c, &Message{ID: id, Direction: In, Type: typ, Status: "sent", Body: body, Text: text}), object
}

// unwritten are the types of messages that do not open the customer service window: what
// WhatsApp says of a user, and changes to what the user has written before [?].
var unwritten = map[string]bool{"system": true, "edit": true, "revoke": true}

// contact is a user in the form of webhooks, its fields in the order of their names.
type contact struct {
	Parent  string          `json:"parent_user_id,omitempty"`
	Profile *contactProfile `json:"profile,omitempty"`
	UserID  string          `json:"user_id,omitempty"`
	WaID    string          `json:"wa_id,omitempty"`

	profile contactProfile // to which Profile points, if the contact has one
}

type contactProfile struct {
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
}

// contact returns a user in the form of webhooks: of one with a status, or "" for one with
// a message of theirs. The caller holds mu.
func (s *Server) contact(c *conversation, status string) *contact {
	n := s.namesOf(c)
	object := &contact{Parent: n.parent, UserID: n.id, WaID: n.number, profile: contactProfile{c.profile.Name, c.profile.Username}}
	if status == "sent" {
		object.profile.Username = ""
	}
	without := s.cfg.WithoutProfile == "all" || s.cfg.WithoutProfile == "statuses" && status != "" || c.profile.NotOnWhatsApp
	if object.profile != (contactProfile{}) && !without {
		object.Profile = &object.profile
	}
	return object
}

// compose gives a webhook its body, together with the webhooks that join it.
func (s *Server) compose(hook Webhook, more ...Webhook) Webhook {
	for _, h := range more {
		hook.IDs = append(slices.Clip(hook.IDs), h.IDs...)
		hook.updates.statuses = append(slices.Clip(hook.updates.statuses), h.updates.statuses...)
		hook.updates.contacts = append(slices.Clip(hook.updates.contacts), h.updates.contacts...)
	}
	u := hook.updates
	var value any = u.value
	if u.value == nil {
		value = messagesValue{
			u.contacts, u.messages, "whatsapp",
			metadata{s.cfg.displayDigits(), s.cfg.PhoneNumberID}, u.statuses,
		}
	}
	hook.Body, _ = s.cfg.Escaping.encode(envelope{ // its parts were encoded before
		[]entry{{[]change{{hook.field, value}}, s.cfg.BusinessID, u.time}}, "whatsapp_business_account",
	})
	return hook
}

// value is the value of a field other than messages that is about users, with lists of objects.
func (s *Server) value(lists map[string]any) map[string]any {
	return wire.Value(s.cfg.displayDigits(), s.cfg.PhoneNumberID, lists)
}

// envelope is the body of a webhook. Fields are in the order of their names.
type envelope struct {
	Entry  []entry `json:"entry"`
	Object string  `json:"object"`
}

type entry struct {
	Changes []change `json:"changes"`
	ID      string   `json:"id"`
	Time    int64    `json:"time,omitempty"` // webhooks of messages have none
}

type change struct {
	Field string `json:"field"`
	Value any    `json:"value"`
}

// messagesValue is the value of the field messages.
type messagesValue struct {
	Contacts []any    `json:"contacts,omitempty"`
	Messages []any    `json:"messages,omitempty"`
	Product  string   `json:"messaging_product"`
	Metadata metadata `json:"metadata"`
	Statuses []any    `json:"statuses,omitempty"`
}

type metadata struct {
	DisplayNumber string `json:"display_phone_number"`
	PhoneNumberID string `json:"phone_number_id"`
}
