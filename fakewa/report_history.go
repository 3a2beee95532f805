package fakewa

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// history is what a server has logged, copied so that rules are looked at
// without its lock.
type history struct {
	requests   []Request
	deliveries []Delivery
	messages   []*Message // oldest first
	dropped    Dropped
	still      bool     // the clock stands still, but for Advance
	own        []string // ids of the business

	byID  map[string]*Message
	of    map[string][]*Message // by user, oldest first
	users map[string]string     // by business-scoped id
}

func (s *Server) history() *history {
	s.mu.Lock()
	h := &history{
		requests:   slices.Clone(s.requests),
		deliveries: slices.Clone(s.deliveries),
		dropped:    s.dropped,
		still:      !s.clock.still.IsZero(),
		own:        []string{s.cfg.PhoneNumberID, s.cfg.BusinessID, s.cfg.AppID},
		users:      maps.Clone(s.users),
		byID:       make(map[string]*Message),
		of:         make(map[string][]*Message),
	}
	messages := s.choose(Filter{})
	s.mu.Unlock()
	for i := range messages {
		m := &messages[i]
		h.messages = append(h.messages, m)
		h.byID[m.ID] = m
		h.of[m.User] = append(h.of[m.User], m)
	}
	return h
}

// about returns the user whom a call to send or to mark as read is about, or "".
func (h *history) about(r Request) string {
	if !strings.HasSuffix(r.path(), "/messages") {
		return ""
	}
	var body struct {
		To        string `json:"to"`
		Recipient string `json:"recipient"`
		MessageID string `json:"message_id"`
	}
	if json.Unmarshal([]byte(r.Body), &body) != nil {
		if m := h.byID[r.ID]; m != nil { // it came as a form
			return m.User
		}
		return ""
	}
	if m := h.byID[body.MessageID]; m != nil {
		return m.User
	}
	if user, ok := h.users[body.Recipient]; ok && body.To == "" {
		return user
	}
	return Number(body.To)
}

// wrote tells whether a user wrote after one message was said and not after another.
func (h *history) wrote(user string, after, until uint64) bool {
	return slices.ContainsFunc(h.of[user], func(m *Message) bool { return m.Direction == In && m.n > after && m.n <= until })
}

// path returns the path of a call without the host, which a proxy sees.
func (r Request) path() string {
	u, err := url.Parse(r.Path)
	if err != nil {
		return r.Path
	}
	return u.Path
}

// ofTest tells whether a call was refused by a fault.
func (r Request) ofTest() bool { return r.Error != nil && r.Error.Details == ofTest }

func (r Request) evidence(detail string) Evidence {
	return Evidence{At: r.At, ID: r.ID, Method: r.Method, Path: r.path(), Status: r.Status, Detail: detail}
}

func (d Delivery) evidence(detail string) Evidence {
	e := Evidence{At: d.At, Delivery: d.N, Status: d.Answer.Status, Detail: detail}
	if len(d.IDs) > 0 {
		e.ID = d.IDs[0]
	}
	return e
}

func (m *Message) evidence(detail string) Evidence {
	return Evidence{At: m.At, ID: m.ID, Detail: detail}
}

// within tells whether a time is at most d after another, and not before it.
func within(from, to time.Time, d time.Duration) bool {
	return !to.Before(from) && to.Sub(from) <= d
}
