package fakewa

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/wire"
	"wappasim/fakewa/pricing"
)

// queue queues a status of a message for delivery. The caller holds mu.
func (s *Server) queue(m *Message, status string) {
	if s.callbacks.url("messages") == "" || s.closing.Err() != nil {
		return
	}
	object := statusObject{ID: m.ID, Status: status, Timestamp: strconv.FormatInt(s.clock.Now().Unix(), 10), Opaque: m.content.Opaque}
	if m.content.Group {
		object.Recipient, object.RecipientType = m.content.To, "group"
	} else {
		object.Recipient, object.RecipientUser = s.names(m.User)
	}
	switch {
	case status == "failed":
		object.Errors = []any{errorObject(m.Error)}
	case status == "sent" || !m.priced: // on sent, and on the first of delivered and read
		object.Pricing, object.Conversation = m.Price, s.priced(m, status)
		m.priced = status != "sent"
	}
	var contacts []any
	if c := s.conversations[m.User]; c != nil && s.cfg.UserIDs != UserIDsNone && status != "failed" {
		contact := s.contact(c)
		if status == "sent" {
			delete(contact["profile"].(map[string]any), "username")
		}
		contacts = []any{contact}
	}
	s.enqueue(m.User, Webhook{
		IDs:     []string{status + " " + m.ID},
		field:   "messages",
		updates: update{statuses: []any{&object}, contacts: contacts},
	})
}

// statusObject is a status in the form of webhooks, its fields in the order of their
// names.
type statusObject struct {
	Opaque        string              `json:"biz_opaque_callback_data,omitempty"`
	Conversation  *conversationObject `json:"conversation,omitempty"`
	Errors        []any               `json:"errors,omitempty"`
	ID            string              `json:"id"`
	Pricing       *pricing.Price      `json:"pricing,omitempty"`
	Recipient     string              `json:"recipient_id,omitempty"`
	RecipientType string              `json:"recipient_type,omitempty"`
	RecipientUser string              `json:"recipient_user_id,omitempty"`
	Status        string              `json:"status"`
	Timestamp     string              `json:"timestamp"`
}

type conversationObject struct {
	Expires string `json:"expiration_timestamp,omitempty"`
	ID      string `json:"id"`
	Origin  origin `json:"origin"`
}

type origin struct {
	Type string `json:"type"`
}

// errorObject returns an error in the form of webhooks.
func errorObject(e *graph.Error) map[string]any {
	title := graph.Title(e.Code)
	return map[string]any{
		"code": e.Code, "title": title, "message": title,
		"error_data": map[string]string{"details": e.Details},
		"href":       "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
	}
}

// NotifyError tells the bot of an error that belongs to no message, such as 130429, in
// a webhook.
func (s *Server) NotifyError(code int, details string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.callbacks.url("messages") == "" || s.closing.Err() != nil {
		return
	}
	s.enqueue("", Webhook{
		IDs: []string{"error " + strconv.Itoa(code)}, field: "messages",
		updates: update{errors: []any{errorObject(graph.New(code, "%s", details))}},
	})
}

// Notify sends the bot a signed webhook of any field with any value, after the webhooks
// that wait. The account's id and the time are filled in; the value is sent as it is, and
// changes nothing else: package notice has values that Meta sends. It fails for a field
// without a name, for a value that is no JSON, and if no webhook is set for the field.
func (s *Server) Notify(field string, value any) error {
	encoded, err := wire.JSON(value)
	switch {
	case field == "":
		return errors.New("fakewa: notify: the field is missing; want one of Meta's, such as account_update")
	case err != nil:
		return fmt.Errorf("fakewa: notify of %s: the value cannot be written as JSON: %w", field, err)
	case bytes.Equal(bytes.TrimSpace(encoded), []byte("null")):
		return fmt.Errorf("fakewa: notify of %s: the value is missing", field)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.notify(field, json.RawMessage(encoded)) {
		return fmt.Errorf("fakewa: notify of %s: %w", field, ErrNoWebhook)
	}
	return nil
}

// notify queues a webhook of a field with a value, and tells whether there is somewhere to
// send it. The caller holds mu.
func (s *Server) notify(field string, value any) bool {
	if s.callbacks.url(field) == "" || s.closing.Err() != nil {
		return false
	}
	now := s.clock.Now().Unix()
	s.enqueue("", Webhook{IDs: []string{field}, field: field, updates: update{value: value, time: now}})
	return true
}
