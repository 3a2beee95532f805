package fakewa

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf16"
	"wappasim/fakewa/graph"
)

const (
	maxText   = 4096 // text.body; counted in UTF-16 units, the strictest reading of "characters"
	maxOpaque = 512  // biz_opaque_callback_data
)

// businessScoped is the form of ids that stand for users without a number.
var businessScoped = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$`)

// send is the body of POST /{phone}/messages.
type send struct {
	MessagingProduct string `json:"messaging_product"`
	RecipientType    string `json:"recipient_type"`
	To               string `json:"to"`
	Recipient        string `json:"recipient"`
	Type             string `json:"type"`
	Text             *struct {
		Body *string `json:"body"`
	} `json:"text"`
	Opaque    string `json:"biz_opaque_callback_data"`
	Status    string `json:"status"`
	MessageID string `json:"message_id"`
	Typing    *struct {
		Type string `json:"type"`
	} `json:"typing_indicator"`
}

// postMessage takes a message, or the mark that one was read.
func (s *Server) postMessage(r *http.Request, body []byte) (any, *graph.Error) {
	if r.PathValue("phone") != s.cfg.PhoneNumberID {
		return nil, missing(r)
	}
	var m send
	err := json.Unmarshal(body, &m)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return nil, graph.New(100, "%s is a JSON %s, which it cannot be.", wrong.Field, wrong.Value)
	}
	if err != nil {
		return nil, graph.New(100, "The body is not the JSON object of a message: %v", err)
	}
	if m.MessagingProduct != "whatsapp" {
		return nil, graph.New(100, "The parameter messaging_product is required and must be \"whatsapp\".")
	}
	if m.Status != "" {
		return s.markRead(m)
	}
	fault, _ := r.Context().Value(faultKey{}).(Fault)
	return s.accept(m, body, fault.Fails)
}

// accept takes a message, which fails later if there is a code.
func (s *Server) accept(m send, body []byte, fails int) (any, *graph.Error) {
	if m.RecipientType != "" && m.RecipientType != "individual" {
		return nil, graph.New(131009, "recipient_type is %q; this fake sends to \"individual\" only.", m.RecipientType)
	}
	user, refused := recipient(m)
	if refused != nil {
		return nil, refused
	}
	if m.Type != "" && m.Type != "text" {
		return nil, graph.New(131051, "type is %q; this fake takes \"text\" only.", m.Type)
	}
	switch {
	case m.Text == nil:
		return nil, graph.New(131008, "text is missing: an object with the body.")
	case m.Text.Body == nil || *m.Text.Body == "":
		return nil, graph.New(131008, "text.body is missing or empty.")
	}
	if n := len(utf16.Encode([]rune(*m.Text.Body))); n > maxText {
		return nil, graph.New(131009, "text.body has %d characters; %d are allowed.", n, maxText)
	}
	if len(m.Opaque) > maxOpaque {
		return nil, graph.New(131009, "biz_opaque_callback_data has %d characters; %d are allowed.", len(m.Opaque), maxOpaque)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	sent := s.say(&Message{ID: s.messageID(user, Out, string(body)), User: user, Direction: Out, Status: "sent", Body: body, Text: *m.Text.Body, opaque: m.Opaque})
	if fails != 0 {
		sent.Status = "failed"
		s.queue(sent, "failed", graph.New(fails, "A fault of the test."))
	} else {
		sent.Status = "delivered"
		s.queue(sent, "sent")
		s.queue(sent, "delivered")
	}

	contact := map[string]string{}
	if m.To != "" {
		contact["input"], contact["wa_id"] = m.To, strings.TrimPrefix(user, "+")
	} else {
		contact["input"], contact["user_id"] = m.Recipient, user
	}
	return accepted{"whatsapp", []any{contact}, []map[string]string{{"id": sent.ID}}}, nil
}

// accepted is the answer to a message that was taken.
type accepted struct {
	MessagingProduct string              `json:"messaging_product"`
	Contacts         []any               `json:"contacts"`
	Messages         []map[string]string `json:"messages"`
}

// recipient returns the user that a message is for. With a number and a
// business-scoped id, the number counts.
func recipient(m send) (string, *graph.Error) {
	switch {
	case m.To != "":
		if user := Number(m.To); strings.HasPrefix(user, "+") {
			return user, nil
		}
		return "", graph.New(131009, "to is %q, which is no phone number.", m.To)
	case m.Recipient != "":
		if businessScoped.MatchString(m.Recipient) {
			return m.Recipient, nil
		}
		return "", graph.New(131009, "recipient is %q, which is no business-scoped user id.", m.Recipient)
	}
	return "", graph.New(131008, "to is missing: the number of the recipient.")
}

// markRead marks a user's message and those before it as read.
func (s *Server) markRead(m send) (any, *graph.Error) {
	if m.Status != "read" {
		return nil, graph.New(131009, "status is %q; only \"read\" can be set.", m.Status)
	}
	if m.Typing != nil && m.Typing.Type != "text" {
		return nil, graph.New(131009, "typing_indicator.type is %q; only \"text\" is known.", m.Typing.Type)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	read := s.byID[m.MessageID]
	if read == nil || read.Direction != In {
		return nil, graph.New(131009, "message_id is %q, which no user has sent.", m.MessageID)
	}
	for _, said := range s.said {
		if said.User == read.User && said.Direction == In {
			said.Status = "read"
		}
		if said == read {
			break
		}
	}
	return map[string]bool{"success": true}, nil
}

// BusinessScoped tells whether an id has the form that stands for a user
// without a number.
func BusinessScoped(id string) bool { return businessScoped.MatchString(id) }
