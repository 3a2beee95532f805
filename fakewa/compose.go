package fakewa

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// Webhook is a webhook that brings messages of users, or tells of the bot's own.
type Webhook struct {
	Body []byte
	IDs  []string // of its messages; "sent wamid.…" for a status
}

type webhookKey struct{}

// WebhookOf returns the webhook that a request brings, to a handler in the same
// process. One that was not sent by [Server.Bring] is not known.
func WebhookOf(ctx context.Context) Webhook {
	hook, _ := ctx.Value(webhookKey{}).(Webhook)
	return hook
}

// Compose says messages and returns the webhook that brings them, which
// [Server.Bring] does. Its error is one of the content.
func (s *Server) Compose(batch ...Inbound) (Webhook, error) {
	for _, in := range batch {
		if err := in.Content.Check(); err != nil {
			return Webhook{}, err
		}
		if user := Number(in.From); !strings.HasPrefix(user, "+") && !businessScoped.MatchString(user) {
			return Webhook{}, fmt.Errorf("fakewa: %q is neither a phone number nor a business-scoped user id", in.From)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var (
		objects, contacts []any
		hook              Webhook
	)
	for _, in := range batch {
		m := s.write(Number(in.From), in.Content)
		hook.IDs = append(hook.IDs, m.ID)
		objects = append(objects, m.Body)
		if in.Content["type"] != "system" { // those come without contacts
			contacts = append(contacts, contact(m.User))
		}
	}
	value := map[string]any{"messages": objects}
	if contacts != nil {
		value["contacts"] = contacts
	}
	var err error
	hook.Body, err = s.envelope(value)
	for _, id := range hook.IDs {
		s.byID[id].webhook = hook.Body
	}
	return hook, err
}

// write completes and records the message of a user. The caller holds mu.
func (s *Server) write(user string, content Content) *Message {
	object := maps.Clone(map[string]any(content))
	id := s.messageID(user, In, content.String())
	object["id"] = id
	object["timestamp"] = strconv.FormatInt(s.cfg.Now().Unix(), 10)
	if number, ok := strings.CutPrefix(user, "+"); ok {
		object["from"] = number
	} else {
		object["from_user_id"] = user
	}
	s.fillIn(user, object)
	body, _ := encode(object) // Content.check has encoded it before
	text, _ := content.object("text")["body"].(string)
	return s.say(&Message{ID: id, User: user, Direction: In, Status: "sent", Body: body, Text: text})
}

func contact(user string) map[string]any {
	c := map[string]any{"profile": map[string]string{"name": "Test User"}}
	if number, ok := strings.CutPrefix(user, "+"); ok {
		c["wa_id"] = number
	} else {
		c["user_id"] = user
	}
	return c
}

// envelope wraps the value of a change as Meta does.
func (s *Server) envelope(value map[string]any) ([]byte, error) {
	value["messaging_product"] = "whatsapp"
	value["metadata"] = map[string]string{
		"display_phone_number": s.cfg.displayDigits(),
		"phone_number_id":      s.cfg.PhoneNumberID,
	}
	body, err := wire(map[string]any{
		"object": "whatsapp_business_account",
		"entry": []any{map[string]any{
			"id":      s.cfg.BusinessID,
			"changes": []any{map[string]any{"value": value, "field": "messages"}},
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("fakewa: encode a webhook: %w", err)
	}
	return body, nil
}

// fillIn adds what a handset adds to a message. It changes no value of the
// caller's Content. The caller holds mu.
func (s *Server) fillIn(user string, message map[string]any) {
	typ, _ := message["type"].(string)
	if given, ok := message[typ].(map[string]any); ok && mime[typ] != "" {
		id, sha := s.mediaID()
		media := map[string]any{"id": id, "sha256": sha, "mime_type": mime[typ]}
		for name, value := range given {
			media[name] = value
		}
		message[typ] = media
	}
	if _, ok := message["context"]; !ok && (typ == "interactive" || typ == "button") {
		if last := s.lastOut(user); last != nil {
			message["context"] = map[string]any{"from": s.cfg.displayDigits(), "id": last.ID}
		}
	}
}

// lastOut returns the bot's last message to a user. The caller holds mu.
func (s *Server) lastOut(user string) *Message {
	for i := len(s.said) - 1; i >= 0; i-- {
		if m := s.said[i]; m.User == user && m.Direction == Out {
			return m
		}
	}
	return nil
}
