package fakewa

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"wappasim/fakewa/event"
	"wappasim/fakewa/internal/dial"
	"wappasim/fakewa/message"
)

// Phone is a user's phone.
type Phone struct {
	server *Server
	given  string // the user, as the test names them
}

// Phone returns the phone of a user, given by a number in any form, or by a
// business-scoped id for a user without a number.
func (s *Server) Phone(user string) *Phone {
	return &Phone{s, user}
}

// Number returns the user's number: "+" and digits. It is the same for all spellings of it.
func (p *Phone) Number() string {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return p.key()
}

// key returns the key of the user. The caller holds the server's mu.
func (p *Phone) key() string { return p.server.user(p.given) }

// Say sends a text; see [Phone.Send].
func (p *Phone) Say(ctx context.Context, text string) (id string, err error) {
	return p.Send(ctx, Text(text))
}

// Send sends a message to the bot and returns its id. It fails if the bot does not
// acknowledge the webhook (see [Server.Deliver]).
func (p *Phone) Send(ctx context.Context, content Content) (id string, err error) {
	hook, err := p.server.Compose(Inbound{From: p.given, Content: content})
	if err != nil {
		return "", err
	}
	if answer := p.server.Deliver(ctx, hook); !answer.OK() {
		return hook.IDs[0], fmt.Errorf("fakewa: the bot did not acknowledge the webhook: status %d %s%.200s", answer.Status, answer.Error, answer.Body)
	}
	return hook.IDs[0], nil
}

// Tap taps a button or a row by its title or id, of the latest message that offers it;
// see [Phone.Send].
func (p *Phone) Tap(ctx context.Context, choice string) (id string, err error) {
	content, err := p.Choose(choice, "")
	if err != nil {
		return "", err
	}
	return p.Send(ctx, content)
}

// Choose returns what the phone would send if the user tapped a button or a row by its
// title or id, of the message with an id, or if that is "" of the latest message that offers
// it. For what no message offers, the error says what the latest one with buttons or a list
// does.
func (p *Phone) Choose(choice, messageID string) (Content, error) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conversations[p.key()]
	if c == nil {
		return nil, fmt.Errorf("fakewa: tap %q: %s has received nothing", choice, p.key())
	}
	var offered []string // by the latest message that offers anything
	for _, m := range slices.Backward(c.messages) {
		if m.Direction != Out || messageID != "" && m.ID != messageID {
			continue
		}
		if s.arrive(c, m); m.away() {
			continue
		}
		if i := slices.IndexFunc(m.Choices, func(c message.Choice) bool { return c.Title == choice || c.ID == choice }); i >= 0 {
			content, err := c.tapped(m.Choices[i])
			if err != nil {
				return nil, err
			}
			content["context"] = map[string]any{"from": s.cfg.displayDigits(), "id": m.ID}
			return content, nil
		}
		if offered == nil {
			for _, c := range m.Choices {
				offered = append(offered, cmp.Or(c.Title, c.ID))
			}
		}
	}
	if offered == nil {
		return nil, fmt.Errorf("fakewa: tap %q: %s has received nothing with buttons or a list", choice, p.key())
	}
	return nil, fmt.Errorf("fakewa: tap %q: no message offers it; the latest one with buttons or a list has %q", choice, offered)
}

// tapped returns what a user's phone sends after a tap.
func (user *conversation) tapped(c message.Choice) (Content, error) {
	switch c.Kind {
	case "button":
		return ButtonReply(c.ID, c.Title), nil
	case "row":
		return ListReply(c.ID, c.Title, c.Description), nil
	case "quick_reply":
		return TemplateButton(c.ID, c.Title), nil
	case "request_contact_info":
		return user.card()
	}
	return nil, fmt.Errorf("fakewa: tap %q: a tap opens a %s and sends nothing to the bot; send what the user does there", c.Title, c.Kind)
}

// React reacts to a message, or takes the reaction back if the emoji is empty;
// see [Phone.Send].
func (p *Phone) React(ctx context.Context, messageID, emoji string) (id string, err error) {
	if m, kept := p.server.Message(messageID); !kept || m.User != p.Number() {
		return "", fmt.Errorf("fakewa: react: %s has no message %q", p.Number(), messageID)
	}
	return p.Send(ctx, Reaction(messageID, emoji))
}

// Read marks all of the bot's messages as read: the bot gets a status "read" for each one
// that was not read before.
func (p *Phone) Read() {
	p.advance(func(m *Message) bool { return m.Status == "delivered" }, "read")
}

// voiceNote tells whether a message is a voice note: an audio with voice set.
func (m *Message) voiceNote() bool {
	var body struct{ Audio struct{ Voice bool } }
	return m.Type == "audio" && json.Unmarshal(m.Body, &body) == nil && body.Audio.Voice
}

// Play plays the voice notes of the bot: it gets a status "played" for each one that was
// not played before.
func (p *Phone) Play() {
	p.advance(func(m *Message) bool {
		return (m.Status == "delivered" || m.Status == "read") && m.voiceNote()
	}, "played")
}

// advance sets a status on the bot's messages that are ready for it.
func (p *Phone) advance(ready func(*Message) bool, status string) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conversations[p.key()]
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
	if s.advanceShared(c, "", "delivered"); status == "read" {
		s.advanceShared(c, "delivered", "read")
	}
}

// undelivered is how long WhatsApp keeps a message for a phone that is off.
const undelivered = 30 * 24 * time.Hour

// Profile returns the user's profile.
func (p *Phone) Profile() Profile {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	if c := p.server.conversations[p.key()]; c != nil {
		return c.profile
	}
	profile := newProfile()
	profile.NotOnWhatsApp = p.server.cfg.notOnWhatsApp(p.key())
	return profile
}

// SetProfile changes the user's profile, whether the phone is on, and whether the user
// has blocked the business. A phone that is switched on gets the messages of the last
// 30 days that it missed.
func (p *Phone) SetProfile(profile Profile) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.with(p.key())
	on, blocks := c.profile.Silent && !profile.Silent, !c.profile.Blocks && profile.Blocks
	profile.blocked = c.profile.blocked
	c.profile = profile
	s.note(event.Profile, c.user, &profile)
	if blocks {
		s.resents(c)
	}
	if number := Number(profile.WaID); number != "" {
		s.alias(c, dial.Person(number))
	}
	if !on || profile.Blocks {
		return
	}
	for _, m := range c.messages {
		if m.Direction == Out && m.Status == "sent" && m.tried && !m.barred && m.Type != "reaction" && s.clock.Now().Sub(m.At) < undelivered {
			s.move(m, "delivered")
		}
	}
	s.advanceShared(c, "", "delivered")
}

// Inbox returns the bot's messages that have arrived at the phone, oldest first: those to
// groups of the user too.
func (p *Phone) Inbox() []Message {
	p.advance(func(*Message) bool { return false }, "")
	p.advance(func(*Message) bool { return false }, "") // messages that the API has just accepted arrive
	arrived := p.server.Messages(Filter{User: p.given, Direction: Out})
	arrived = slices.DeleteFunc(arrived, func(m Message) bool { return m.away() && (m.Status != "sent" || m.Type != "reaction") })
	return p.server.withShared(p.Number(), arrived)
}
