package fakewa

import (
	"encoding/json"
	"strings"
	"time"
)

// Direction says who spoke.
type Direction string

const (
	In  Direction = "in"  // from a user to the bot
	Out Direction = "out" // from the bot to a user
)

// Message is one message of a conversation.
type Message struct {
	ID        string
	At        time.Time // when the API took it or the user sent it
	User      string    // "+" and digits, or a business-scoped id
	Direction Direction
	Status    string          // In: sent, delivered (the bot answered 200), read. Out: sent, delivered, read, failed
	Text      string          // of a text; empty for other types
	Body      json.RawMessage // as WhatsApp writes it: the messages[] object of the webhook, or what the bot posted

	opaque  string // biz_opaque_callback_data
	webhook []byte // In: the body that brought it
}

// MarshalJSON writes the message as the control API shows it.
func (m Message) MarshalJSON() ([]byte, error) {
	return encode(map[string]any{
		"id":        m.ID,
		"at":        m.At.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		"direction": m.Direction,
		"status":    m.Status,
		"message":   m.Body,
	})
}

// Number returns the form in which users are kept: "+" and digits, however the
// number was written. What is no number stays as it is.
func Number(s string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+-() ", r) {
			return -1
		}
		return r
	}, s)
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return s
	}
	return "+" + digits
}

// say records a message. The caller holds mu.
func (s *Server) say(m *Message) *Message {
	m.At = s.cfg.Now().UTC()
	s.said = append(s.said, m)
	s.byID[m.ID] = m
	return m
}

// Conversation returns what a user and the bot said, oldest first.
func (s *Server) Conversation(user string) []Message {
	user = Number(user)
	return s.filter(func(m *Message) bool { return m.User == user })
}

// Sent returns what the bot sent, to anybody, oldest first.
func (s *Server) Sent() []Message {
	return s.filter(func(m *Message) bool { return m.Direction == Out })
}

func (s *Server) filter(keep func(*Message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var messages []Message
	for _, m := range s.said {
		if keep(m) {
			messages = append(messages, *m)
		}
	}
	return messages
}
