package fakewa

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"wappasim/fakewa/message"
)

// Phone is a user's handset.
type Phone struct {
	server *Server
	user   string
}

// Phone returns the handset of a user: a number in any form, or a
// business-scoped id for a user without one.
func (s *Server) Phone(user string) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Phone{s, s.user(user)}
}

// Number returns the user's number: "+" and digits.
func (p *Phone) Number() string { return p.user }

// Say sends a text; see [Phone.Send].
func (p *Phone) Say(ctx context.Context, text string) (id string, err error) {
	return p.Send(ctx, Text(text))
}

// Send sends a message to the bot and returns its id. It fails if the bot did
// not answer the webhook with 200.
func (p *Phone) Send(ctx context.Context, content Content) (id string, err error) {
	hook, err := p.server.Compose(Inbound{From: p.user, Content: content})
	if err != nil {
		return "", err
	}
	if answer := p.server.Deliver(ctx, hook); !answer.OK() {
		return hook.IDs[0], fmt.Errorf("fakewa: the bot did not acknowledge the webhook: status %d %s%.200s", answer.Status, answer.Error, answer.Body)
	}
	return hook.IDs[0], nil
}

// Tap taps a button or a row of the last message that has any, by its title or
// id; see [Phone.Send].
func (p *Phone) Tap(ctx context.Context, choice string) (id string, err error) {
	content, err := p.Choose(choice)
	if err != nil {
		return "", err
	}
	return p.Send(ctx, content)
}

// Choose returns what the phone would send if the user tapped a button or a row of the
// last message that has any, by its title or id. It fails for what is not offered.
func (p *Phone) Choose(choice string) (Content, error) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conversations[p.user]
	if c == nil {
		return nil, fmt.Errorf("fakewa: tap %q: %s has received nothing", choice, p.user)
	}
	for _, m := range slices.Backward(c.messages) {
		if m.Direction != Out {
			continue
		}
		if s.arrive(c, m); m.Status == "failed" || m.Status == "sent" {
			continue
		}
		choices := s.choices(m)
		if len(choices) == 0 {
			continue
		}
		i := slices.IndexFunc(choices, func(c message.Choice) bool { return c.Title == choice || c.ID == choice })
		if i < 0 {
			var titles []string
			for _, c := range choices {
				titles = append(titles, c.Title)
			}
			return nil, fmt.Errorf("fakewa: tap %q: the last message that can be tapped has %q", choice, titles)
		}
		content, err := tapped(choices[i])
		if err != nil {
			return nil, err
		}
		content["context"] = map[string]any{"from": s.cfg.displayDigits(), "id": m.ID}
		return content, nil
	}
	return nil, fmt.Errorf("fakewa: tap %q: %s has received nothing with buttons or a list", choice, p.user)
}

// tapped is what a user's phone sends when something is tapped.
func tapped(c message.Choice) (Content, error) {
	switch c.Kind {
	case "button":
		return ButtonReply(c.ID, c.Title), nil
	case "row":
		return ListReply(c.ID, c.Title, c.Description), nil
	case "quick_reply":
		return TemplateButton(c.ID, c.Title), nil
	}
	return nil, fmt.Errorf("fakewa: tap %q: the phone opens a %s, and tells the bot nothing; send what the user does there", c.Title, c.Kind)
}

// React reacts to a message, or takes the reaction back if the emoji is empty;
// see [Phone.Send].
func (p *Phone) React(ctx context.Context, messageID, emoji string) (id string, err error) {
	if m, kept := p.server.Message(messageID); !kept || m.User != p.user {
		return "", fmt.Errorf("fakewa: react: %s has no message %q", p.user, messageID)
	}
	return p.Send(ctx, Reaction(messageID, emoji))
}

// Read reads all that the bot sent: the bot gets a status "read" for each
// message that was not read before.
func (p *Phone) Read() {
	p.advance(func(m *Message) bool { return m.Status == "delivered" }, "read")
}

// voiceNote tells whether a message is an audio with the look of a voice note.
func (m *Message) voiceNote() bool {
	var body struct{ Audio struct{ Voice bool } }
	return m.Type == "audio" && json.Unmarshal(m.Body, &body) == nil && body.Audio.Voice
}

// Play plays the voice notes that the bot sent for the first time: the bot gets a
// status "played" for each.
func (p *Phone) Play() {
	p.advance(func(m *Message) bool {
		return (m.Status == "delivered" || m.Status == "read") && m.voiceNote()
	}, "played")
}

// advance gives those of the bot's messages a status that are ready for it.
func (p *Phone) advance(ready func(*Message) bool, status string) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conversations[p.user]
	if c == nil || c.profile.Silent {
		return
	}
	for _, m := range c.messages {
		if m.Direction != Out || m.Type == "reaction" {
			continue
		}
		if s.arrive(c, m); ready(m) {
			s.move(m, status)
		}
	}
}

// undelivered is how long WhatsApp keeps a message for a phone that is off.
const undelivered = 30 * 24 * time.Hour

// Profile returns what WhatsApp knows of the user.
func (p *Phone) Profile() Profile {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	if c := p.server.conversations[p.user]; c != nil {
		return c.profile
	}
	return newProfile()
}

// SetProfile changes what WhatsApp knows of the user, whether the phone is on and
// whether the user has blocked the business. A phone that comes on gets what it
// has missed, of the last 30 days.
func (p *Phone) SetProfile(profile Profile) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.with(p.user)
	on := c.profile.Silent && !profile.Silent
	profile.blocked = c.profile.blocked
	c.profile = profile
	if !on || profile.Blocks {
		return
	}
	for _, m := range c.messages {
		if m.Direction == Out && m.Status == "sent" && m.tried && !m.barred && m.Type != "reaction" && s.clock.Now().Sub(m.At) < undelivered {
			s.move(m, "delivered")
		}
	}
}

// Inbox returns what the bot sent to the user and arrived, oldest first.
func (p *Phone) Inbox() []Message {
	p.advance(func(*Message) bool { return false }, "")
	p.advance(func(*Message) bool { return false }, "") // what the API has just taken arrives
	arrived := p.server.Messages(Filter{User: p.user, Direction: Out})
	return slices.DeleteFunc(arrived, func(m Message) bool { return m.Status == "failed" || m.Status == "sent" && m.Type != "reaction" })
}
