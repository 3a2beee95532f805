package report

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/internal/dial"
	"wappasim/fakewa/internal/media"
)

// history is what a server has logged, so that rules look at it without the server's
// lock.
type history struct {
	requests   []fakewa.Request
	deliveries []fakewa.Delivery
	messages   []*fakewa.Message // oldest first
	dropped    fakewa.Dropped
	still      bool     // the clock stands still, except for Advance
	own        []string // ids of the business

	byID  map[string]*fakewa.Message
	of    map[string][]*fakewa.Message // by user, oldest first
	users map[string]string            // by each name of theirs
}

func newHistory(s *fakewa.Server) *history {
	cfg := s.Config()
	h := &history{
		requests:   s.Requests(),
		deliveries: s.Deliveries(),
		dropped:    s.Dropped(),
		still:      cfg.Clock.Still(),
		own:        []string{cfg.PhoneNumberID, cfg.BusinessID, cfg.AppID},
		byID:       make(map[string]*fakewa.Message),
		of:         make(map[string][]*fakewa.Message),
		users:      make(map[string]string),
	}
	for _, u := range s.Users() {
		for _, name := range []string{u.UserID, dial.Person(u.User), dial.Person(fakewa.Number(u.Profile.WaID))} {
			if name != "" {
				h.users[name] = u.User
			}
		}
	}
	messages := s.Messages(fakewa.Filter{}) // last: what the logs name is among them
	for i := range messages {
		m := &messages[i]
		h.messages = append(h.messages, m)
		h.byID[m.ID] = m
		h.of[m.User] = append(h.of[m.User], m)
	}
	return h
}

// about returns the user whom a call to send or to mark as read is about, or "".
func (h *history) about(r fakewa.Request) string {
	if !strings.HasSuffix(path(r), "/messages") {
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
	for _, id := range []string{body.MessageID, r.ID} {
		if m := h.byID[id]; m != nil {
			return m.User
		}
	}
	name := dial.Person(fakewa.Number(cmp.Or(body.To, body.Recipient)))
	if user, ok := h.users[name]; ok {
		return user
	}
	return name
}

// wrote tells whether a user wrote between two messages: after the one with the number
// after, and not after the one with the number until.
func (h *history) wrote(user string, after, until uint64) bool {
	return slices.ContainsFunc(h.of[user], func(m *fakewa.Message) bool { return m.Direction == fakewa.In && m.N > after && m.N <= until })
}

// path returns the path of a call without the host, which a proxy sees, and without a slash
// at its end, which counts for downloads only.
func path(r fakewa.Request) string {
	u, err := url.Parse(r.Path)
	if err != nil {
		return r.Path
	}
	if u.Path == media.DownloadPath {
		return u.Path
	}
	return "/" + strings.Trim(u.Path, "/")
}

// injected tells whether a call was refused by an injected fault.
func injected(r fakewa.Request) bool { return r.Error != nil && r.Error.Injected }

// within tells whether a time is at most d after another, and not before it.
func within(from, to time.Time, d time.Duration) bool {
	return !to.Before(from) && to.Sub(from) <= d
}
