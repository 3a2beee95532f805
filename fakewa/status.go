package fakewa

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa/graph"
)

// queue has a status of a message delivered. The caller holds mu.
func (s *Server) queue(m *Message, status string) {
	if s.callbacks.url() == "" || s.closing.Err() != nil {
		return
	}
	now := s.clock.Now()
	object := s.named(map[string]any{
		"id":        m.ID,
		"status":    status,
		"timestamp": strconv.FormatInt(now.Unix(), 10),
	}, m.User, "recipient_id", "recipient_user_id")
	if m.content.Group {
		object["recipient_id"], object["recipient_type"] = m.User, "group"
		delete(object, "recipient_user_id")
	}
	if m.content.Opaque != "" {
		object["biz_opaque_callback_data"] = m.content.Opaque
	}
	switch {
	case status == "failed":
		object["errors"] = []any{errorObject(m.Error)}
	case status == "sent" || !m.priced: // on sent, and on the first of delivered and read
		s.priced(object, m, status)
		m.priced = status != "sent"
	}
	var contacts []any
	if c := s.conversations[m.User]; c != nil && s.cfg.UserIDs != UserIDsNone && status != "failed" {
		contacts = []any{s.contact(c)}
	}
	s.enqueue(m.User, Webhook{
		IDs:     []string{status + " " + m.ID},
		field:   "messages",
		updates: update{statuses: []any{object}, contacts: contacts},
	})
}

// priced adds what a message costs, and of which conversation it is. From v24.0 on
// there are no conversations.
func (s *Server) priced(object map[string]any, m *Message, status string) {
	category, typ := "service", "free_customer_service"
	if m.Type == "template" {
		category, typ = strings.ToLower(s.category(m.content.Template)), "regular"
	}
	object["pricing"] = map[string]any{
		"billable": typ == "regular", "pricing_model": "PMP", "type": typ, "category": category,
	}
	if major, _ := strconv.Atoi(strings.TrimPrefix(strings.Split(s.cfg.Version, ".")[0], "v")); major >= 24 {
		return
	}
	sum := s.bytes(0, "conversation "+m.ID) // a fresh one per message
	conversation := map[string]any{"id": hex.EncodeToString(sum[:16]), "origin": map[string]string{"type": category}}
	if status == "sent" {
		conversation["expiration_timestamp"] = strconv.FormatInt(m.At.Add(24*time.Hour).Unix(), 10)
	}
	object["conversation"] = conversation
}

// errorObject is an error as webhooks have it.
func errorObject(e *graph.Error) map[string]any {
	title := graph.Title(e.Code)
	return map[string]any{
		"code": e.Code, "title": title, "message": title,
		"error_data": map[string]string{"details": e.Details},
		"href":       "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
	}
}

// TellError tells the bot of trouble that is of no message, such as 130429.
func (s *Server) TellError(code int, details string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.callbacks.url() == "" || s.closing.Err() != nil {
		return
	}
	s.enqueue("", Webhook{
		IDs: []string{"error " + strconv.Itoa(code)}, field: "messages",
		updates: update{errors: []any{errorObject(graph.New(code, "%s", details))}},
	})
}

// notify tells the bot of something else than messages, as Meta does under a
// field of its own. The caller holds mu.
func (s *Server) notify(field string, value map[string]any) {
	if s.callbacks.app == "" || s.closing.Err() != nil {
		return
	}
	s.enqueue("", Webhook{IDs: []string{field}, field: field, updates: update{value: value}})
}
