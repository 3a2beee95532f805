package fakewa

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa/graph"
)

// queue queues a status of a message for delivery. The caller holds mu.
func (s *Server) queue(m *Message, status string) {
	if s.callbacks.url("messages") == "" || s.closing.Err() != nil || s.conversations[m.User] == nil {
		return
	}
	object := statusObject{ID: m.ID, Status: status, Timestamp: strconv.FormatInt(s.clock.Now().Unix(), 10), Opaque: m.content.Opaque}
	if m.content.Group {
		object.Recipient, object.RecipientType = m.content.To, "group"
	} else {
		n := s.namesOf(s.conversations[m.User])
		object.Recipient, object.RecipientUser, object.ParentRecipient = n.number, n.id, n.parent
	}
	switch {
	case status == "failed":
		object.Errors = []any{errorObject(m.Error)}
	case status == "sent" || !m.priced: // on sent, and on the first of delivered and read
		s.priced(&object, m)
		m.priced = status != "sent"
	}
	var contacts []any
	if s.cfg.UserIDs != UserIDsNone && !m.content.Group && (status != "failed" || !s.cfg.BareFailed) {
		contacts = []any{s.contact(s.conversations[m.User], status)}
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
	Opaque          string              `json:"biz_opaque_callback_data,omitempty"`
	Conversation    *conversationObject `json:"conversation,omitempty"`
	Errors          []any               `json:"errors,omitempty"`
	ID              string              `json:"id"`
	ParentRecipient string              `json:"parent_recipient_user_id,omitempty"`
	Pricing         *pricing            `json:"pricing,omitempty"`
	Recipient       string              `json:"recipient_id,omitempty"`
	RecipientType   string              `json:"recipient_type,omitempty"`
	RecipientUser   string              `json:"recipient_user_id,omitempty"`
	Status          string              `json:"status"`
	Timestamp       string              `json:"timestamp"`
}

type conversationObject struct {
	Expires string `json:"expiration_timestamp,omitempty"`
	ID      string `json:"id"`
	Origin  origin `json:"origin"`
}

type origin struct {
	Type string `json:"type"`
}

type pricing struct {
	Billable bool   `json:"billable"`
	Category string `json:"category"`
	Model    string `json:"pricing_model"`
	Type     string `json:"type"`
}

// priced adds the price and the conversation of a message. From v24.0 on there are no
// conversations.
func (s *Server) priced(object *statusObject, m *Message) {
	price := pricing{Category: "service", Model: "PMP", Type: "free_customer_service"}
	if m.Type == "template" {
		price = pricing{Billable: true, Category: strings.ToLower(m.template.Category), Model: "PMP", Type: "regular"}
	}
	object.Pricing = &price
	if major, _ := strconv.Atoi(strings.TrimPrefix(strings.Split(s.cfg.Version, ".")[0], "v")); major >= 24 {
		return
	}
	sum := s.bytes(0, "conversation "+m.ID) // a fresh one per message
	object.Conversation = &conversationObject{ID: hex.EncodeToString(sum[:16]), Origin: origin{price.Category}}
	if object.Status == "sent" {
		object.Conversation.Expires = strconv.FormatInt(m.At.Add(24*time.Hour).Unix(), 10)
	}
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

// notify queues a webhook of a field other than messages. The caller holds mu.
func (s *Server) notify(field string, value map[string]any) {
	if s.callbacks.url(field) == "" || s.closing.Err() != nil {
		return
	}
	s.enqueue("", Webhook{IDs: []string{field}, field: field, updates: update{value: value}})
}
