package fakewa

import (
	"context"
	"fmt"
	"net/http"
)

// Phone is a user's handset.
type Phone struct {
	server *Server
	user   string
}

// Phone returns the handset of a user: a number in any form, or a
// business-scoped id for a user without one.
func (s *Server) Phone(user string) *Phone { return &Phone{s, Number(user)} }

// Number returns the user's number: "+" and digits.
func (p *Phone) Number() string { return p.user }

// Say sends a text; see [Phone.Send].
func (p *Phone) Say(ctx context.Context, text string) (id string, err error) {
	return p.Send(ctx, Text(text))
}

// Send sends a message to the bot and returns its id. It fails if the bot did
// not answer the webhook with 200.
func (p *Phone) Send(ctx context.Context, content Content) (id string, err error) {
	ids, answer, err := p.server.Deliver(ctx, Inbound{From: p.user, Content: content})
	if err != nil {
		return "", err
	}
	if answer.Status != http.StatusOK {
		return ids[0], fmt.Errorf("fakewa: the bot did not take the webhook: status %d %s%.200s", answer.Status, answer.Error, answer.Body)
	}
	return ids[0], nil
}

// Read reads all that the bot sent: the bot gets a status "read" for each
// message that was not read before.
func (p *Phone) Read() {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.said {
		if m.User == p.user && m.Direction == Out && m.Status != "read" && m.Status != "failed" {
			m.Status = "read"
			s.queue(m, "read")
		}
	}
}

// Inbox returns what the bot sent to the user, oldest first, less what failed.
func (p *Phone) Inbox() []Message {
	return p.server.filter(func(m *Message) bool {
		return m.User == p.user && m.Direction == Out && m.Status != "failed"
	})
}
