package fakewa

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"wappasim/fakewa/event"
	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/host"
	"wappasim/fakewa/message"
)

// host is what the server gives to calls and groups. They are locked when they call it.
func (s *Server) host() host.Server {
	return host.Server{
		PhoneNumberID: s.cfg.PhoneNumberID,
		DisplayNumber: s.cfg.displayDigits(),
		Limit:         s.cfg.Limit,
		Now:           s.clock.Now,
		Era:           s.eraNow,
		After:         s.after,
		Notify: func(field string, value any) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.notify(field, value)
		},
		Draw: func(what string) [32]byte {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.draw(what + s.apart)
		},
		User:  s.named,
		Heard: s.heard,
		Say:   s.sayFor,
	}
}

// after runs f after a time of the clock, unless the era has ended.
func (s *Server) after(d time.Duration, what, text string, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.era.Err() != nil {
		return
	}
	s.spawn(func(era context.Context) {
		if s.clock.sleep(era, d, event.Due{What: what, Text: text}) == nil {
			f()
		}
	})
}

// named returns how webhooks name a user now, who need not have a conversation.
func (s *Server) named(given string) host.User {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.user(given)
	c := s.conversations[key]
	if c == nil {
		c = s.newConversation(key)
	}
	n := s.namesOf(c)
	u := host.User{Key: key, Number: n.number, ID: n.id, Parent: n.parent, Off: c.profile.Silent || c.profile.Blocks, Missing: c.profile.NotOnWhatsApp}
	if s.cfg.WithoutProfile != "all" {
		u.Name, u.Username = c.profile.Name, c.profile.Username
	}
	return u
}

// heard notes that a user has turned to the business without a message.
func (s *Server) heard(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.with(user)
	c.wrote = s.clock.Now()
	if s.namesOf(c).number != "" {
		s.met(c)
	}
}

// sayFor has a user send a message, whose webhook comes after those of calls and groups that wait.
func (s *Server) sayFor(user string, object map[string]any) error {
	hook, err := s.Compose(Inbound{From: user, Content: object})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tells() {
		s.enqueue("", hook)
	}
	return nil
}

// asksToCall tells whether a message asks a user to let the business call.
func (s *Server) asksToCall(m *message.Message) bool {
	const request = "call_permission_request"
	if m.Type == "interactive" && bytes.Contains(m.Body, []byte(request)) {
		var body struct{ Interactive struct{ Type string } }
		return json.Unmarshal(m.Body, &body) == nil && body.Interactive.Type == request
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.templateOf(m)
	if t == nil {
		return false
	}
	var parts []struct{ Type string }
	_ = json.Unmarshal(t.Components, &parts) // they were read before
	for _, part := range parts {
		if strings.EqualFold(part.Type, request) {
			return true
		}
	}
	return false
}

// newConversation returns the state of a user who has none.
func (s *Server) newConversation(user string) *conversation {
	c := &conversation{user: user, drawn: make(map[uint64]int), born: s.dropped.Conversations, profile: newProfile(), identity: newIdentity(user)}
	c.profile.NotOnWhatsApp = s.cfg.notOnWhatsApp(user)
	return c
}

// askToCall sends a message that asks a user to let the business call.
func (s *Server) askToCall(m *message.Message, send func([]string) (any, *graph.Error)) (answer any, refused *graph.Error) {
	refused = s.Calls.Request(cmp.Or(m.To, m.Recipient), func() (id string, refused *graph.Error) {
		answer, refused = send(nil)
		if taken, ok := answer.(accepted); ok && taken.message.Error == nil {
			id = taken.message.ID
		}
		return id, refused
	})
	return answer, refused
}
