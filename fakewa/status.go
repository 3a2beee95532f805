package fakewa

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/pricing"
)

// queue queues a status of a message for delivery. The caller holds mu.
func (s *Server) queue(m *Message, status string) {
	if !s.tells() || s.conversations[m.User] == nil {
		return
	}
	object := s.statusOf(m, status, !m.priced)
	m.priced = m.priced || status != "sent" && status != "failed"
	var contacts []any
	if s.cfg.UserIDs != UserIDsNone && !m.content.Group && (status != "failed" || !s.cfg.BareFailed) {
		contacts = []any{s.contact(s.conversations[m.User], status)}
	}
	s.enqueue(m.User, Webhook{
		IDs:     []string{status + " " + m.ID},
		field:   "messages",
		updates: update{statuses: []any{object}, contacts: contacts},
	})
}

// tells tells whether the bot gets statuses. The caller holds mu.
func (s *Server) tells() bool { return s.callbacks.url("messages") != "" && s.closing.Err() == nil }

// statusOf returns a status of a message in the form of webhooks, with its price on sent, and
// on the first of delivered and read. The caller holds mu.
func (s *Server) statusOf(m *Message, status string, first bool) *statusObject {
	object := &statusObject{ID: m.ID, Status: status, Timestamp: strconv.FormatInt(s.clock.Now().Unix(), 10), Opaque: m.content.Opaque}
	if m.content.Group {
		object.Recipient, object.RecipientType = m.content.To, "group"
	} else {
		n := s.namesOf(s.conversations[m.User])
		object.Recipient, object.RecipientUser, object.ParentRecipient = n.number, n.id, n.parent
	}
	switch {
	case status == "failed":
		object.Errors = []any{errorObject(m.Error)}
	case status == "sent" || first:
		object.Pricing, object.Conversation = m.Price, s.priced(m, status)
	}
	return object
}

// statusObject is a status in the form of webhooks, its fields in the order of their
// names.
type statusObject struct {
	Opaque          string              `json:"biz_opaque_callback_data,omitempty"`
	Conversation    *conversationObject `json:"conversation,omitempty"`
	Errors          []any               `json:"errors,omitempty"`
	ID              string              `json:"id"`
	ParentRecipient string              `json:"parent_recipient_user_id,omitempty"`
	Pricing         *pricing.Price      `json:"pricing,omitempty"`
	Recipient       string              `json:"recipient_id,omitempty"`
	Member          string              `json:"recipient_participant_id,omitempty"` // of a group; a page of Meta's has participant_recipient_id too [!]
	MemberParent    string              `json:"recipient_participant_parent_user_id,omitempty"`
	MemberUser      string              `json:"recipient_participant_user_id,omitempty"`
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

// errorObject returns an error in the form of webhooks.
func errorObject(e *graph.Error) map[string]any {
	title := graph.Title(e.Code)
	return map[string]any{
		"code": e.Code, "title": title, "message": title,
		"error_data": map[string]string{"details": e.Details},
		"href":       "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
	}
}

// entryPoint is how a user came by an ad. While it is open, the bot's messages are free.
type entryPoint struct {
	came   time.Time // when the user last wrote from an ad; zero: never, or it was answered
	opened time.Time // when the bot first answered; zero: never
}

const entryPointTime = 72 * time.Hour // after the first answer

// open tells whether it is open.
func (e entryPoint) open(now time.Time) bool {
	return !e.opened.IsZero() && now.Sub(e.opened) <= entryPointTime
}

// answer opens it, if it is the first message to a user who came by an ad in the last 24
// hours.
func (e *entryPoint) answer(now time.Time) {
	if !e.came.IsZero() && now.Sub(e.came) <= windowTime {
		e.opened = now
	}
	e.came = time.Time{}
}

// price sets the price of a message that does not fail, by the windows that are open when
// it is sent. The caller holds mu.
func (s *Server) price(c *conversation, m *Message) {
	if m.Error != nil {
		return
	}
	now, category := s.clock.Now(), ""
	if m.template != nil {
		category = m.template.Category
	}
	c.entry.answer(now)
	price := pricing.Of(category, pricing.Open{
		Service:    !c.wrote.IsZero() && now.Sub(c.wrote) <= windowTime,
		EntryPoint: c.entry.open(now),
		AllFree:    s.cfg.EntryPointAll,
	})
	if m.content.Group {
		price.Category = "group_" + price.Category
	}
	m.Price = &price
	if price.Type == pricing.EntryPoint {
		m.entry = c.entry.opened
	}
}

// priced returns the conversation of a message with a price. From v24.0 on only free entry
// points are conversations, one for each window; before, each message is one. The caller
// holds mu.
func (s *Server) priced(m *Message, status string) *conversationObject {
	major, _ := strconv.Atoi(strings.TrimPrefix(strings.Split(s.cfg.Version, ".")[0], "v"))
	if m.Price == nil || major >= 24 && m.entry.IsZero() {
		return nil
	}
	what, ends := "conversation "+m.ID, m.At.Add(windowTime)
	if !m.entry.IsZero() {
		what, ends = "entry point "+m.User+" "+m.entry.UTC().String(), m.entry.Add(entryPointTime)
	}
	sum := s.bytes(0, what)
	object := &conversationObject{ID: hex.EncodeToString(sum[:16]), Origin: origin{m.Price.Category}}
	if status == "sent" {
		object.Expires = strconv.FormatInt(ends.Unix(), 10)
	}
	return object
}
