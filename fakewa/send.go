package fakewa

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"wappasim/fakewa/event"
	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
)

// postMessage accepts a message, or the mark that one was read.
func (s *Server) postMessage(r *http.Request, body []byte) (any, *graph.Error) {
	m, refused := s.cfg.Rules.Parse(r.Header.Get("Content-Type"), body)
	if refused != nil {
		return nil, refused
	}
	if m.Read != nil {
		answer, refused := s.markRead(m.Read)
		return odd{answer, m.Unknown}, refused
	}
	send := func(members []string) (any, *graph.Error) { return s.send(r, m, members) }
	switch {
	case m.Group:
		return s.Groups.Send(m.To, m.Type, send)
	case s.asksToCall(m):
		return s.askToCall(m, send)
	}
	return send(nil)
}

// send takes a message to a user, or to the members of a group.
func (s *Server) send(r *http.Request, m *message.Message, members []string) (any, *graph.Error) {
	met, _ := r.Context().Value(faultKey{}).(Fault)
	s.mu.Lock()
	defer s.mu.Unlock()
	user := s.recipient(m)
	if refused := s.refuse(user, m); refused != nil {
		return nil, refused
	}
	c := s.with(user)
	if refused := s.limit(c); refused != nil {
		return nil, refused
	}
	failed := s.fails(c, m)
	if failed != nil && failed.Code == outsideWindow && s.cfg.Window == WindowRefuses {
		return nil, failed
	}
	t := s.templateOf(m)
	switch {
	case met.Fails != 0:
		failed = ofFault(met.Fails)
	case failed == nil:
		if failed = s.outreach(c, m, t); failed != nil && failed.Code == portfolioLimit && s.cfg.Life.TierRefuses {
			return nil, failed
		}
	}
	said := &Message{ID: s.messageID(c, Out, string(m.Body)), Direction: Out, Type: m.Type, Status: "sent", Body: m.Body, Text: m.Text, Error: failed, Choices: m.Choices, content: m}
	if m.To != "" && !m.Group && !message.BusinessScoped(m.To) {
		s.met(c)
	}
	if t != nil {
		said.template, said.Rendered, said.Choices = &t.Template, t.Render(m.Template), t.QuickReplies(m.Template)
		if s.cfg.Life.RateFrom > 0 {
			said.life = t.life
		}
		if failed == nil {
			s.holdBack(t, said)
		}
	}
	s.price(c, said)
	if s.say(c, said); m.Group {
		s.share(said, members)
	}
	return s.accepted(c, said), nil
}

// refuse returns the reason why the API refuses a message, or nil. The caller holds mu.
func (s *Server) refuse(user string, m *message.Message) *graph.Error {
	switch {
	case !s.number.registered:
		return graph.New(133010, "%s is not registered: POST /%s/register first.", s.cfg.DisplayNumber, s.cfg.PhoneNumberID)
	case user == s.user(s.cfg.DisplayNumber):
		return graph.New(131021, "%s is the business' own number.", user)
	case len(s.cfg.Recipients) > 0 && !s.cfg.allowed(Number(m.To), user):
		return graph.New(131030, "%s is not among the %d numbers that this business may write to.", cmp.Or(Number(m.To), user), len(s.cfg.Recipients))
	case s.conversations[user] != nil && s.conversations[user].profile.blocked:
		return graph.New(130403, "%s is on the block list of the business.", user)
	}
	if m.Template != nil {
		if refused := s.refuseTemplate(m); refused != nil {
			return refused
		}
	}
	if refused := s.cfg.Flows.Refuse(m.Body); refused != nil {
		return refused
	}
	return s.refuseMedia(m)
}

// fails returns the reason why an accepted message is not delivered, or nil. The caller
// holds mu.
func (s *Server) fails(c *conversation, m *message.Message) *graph.Error {
	if failed := unreachable(c, m); failed != nil {
		return failed
	}
	if failed := s.window(c, m); failed != nil {
		return failed
	}
	if m.Reaction != nil {
		return s.reactable(m.Reaction)
	}
	return s.undeliverable(m)
}

// unreachable returns the reason why a message reaches nobody, or nil. Meta takes it all the
// same.
func unreachable(c *conversation, m *message.Message) *graph.Error {
	switch {
	case message.BusinessScoped(m.To):
		return graph.New(notDelivered, `%s is a business-scoped user id, which "to" does not take; "recipient" does.`, m.To)
	case c.profile.NotOnWhatsApp:
		return graph.New(notDelivered, "%s is not on WhatsApp.", c.user)
	case m.To == "" && m.Recipient != c.id && m.Recipient != c.parent:
		return graph.New(notDelivered, "%s has another business-scoped user id now.", m.Recipient)
	}
	return nil
}

const notDelivered = 131026

// reactable returns the reason why a user cannot be sent a reaction to a message, or nil.
// Meta accepts such a reaction, and it fails later. The caller holds mu.
func (s *Server) reactable(r *message.Reaction) *graph.Error {
	switch target := s.byID[r.MessageID]; {
	case target == nil:
		return graph.New(131009, "reaction.message_id is %q, which nobody has sent.", r.MessageID)
	case target.Type == "reaction":
		return graph.New(131009, "reaction.message_id is %q, which is a reaction.", r.MessageID)
	case s.clock.Now().Sub(target.At) > 30*24*time.Hour:
		return graph.New(131009, "reaction.message_id is %q, which is older than 30 days.", r.MessageID)
	}
	return nil
}

// sendOn moves an accepted message on to the user's phone.
func (s *Server) sendOn(taken accepted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.conversations[taken.message.User]; c != nil { // else it was dropped already
		s.arrive(c, taken.message)
	}
}

// arrive moves a message to the user's phone, as far as it gets, once: a user may look at
// it before the bot has the answer. The caller holds mu.
func (s *Server) arrive(c *conversation, m *Message) {
	if m.tried || m.Status == onHold {
		return
	}
	m.tried, m.barred = true, c.profile.Blocks
	switch {
	case m.Error != nil && s.cfg.UnreachableSilent && m.Error.Code == notDelivered && !m.Error.Injected: // the bot hears nothing of it
	case m.Error != nil:
		s.move(m, "failed")
	case m.members != nil:
		s.arriveInGroup(m)
	case m.Type == "reaction": // Meta sends no further status of reactions
		s.move(m, "sent")
	case c.profile.Silent || c.profile.Blocks:
		s.move(m, "sent")
	default:
		s.move(m, "sent")
		s.move(m, "delivered")
	}
}

// move sets the status of a message and notifies the bot. The caller holds mu.
func (s *Server) move(m *Message, status string) {
	m.Status = status
	s.tell(m, event.Status)
	s.queue(m, status)
	if m.life != nil && (status == "delivered" || status == "read") {
		s.took(m, status)
	}
}

// accepted is the answer to an accepted message.
type accepted struct {
	MessagingProduct string            `json:"messaging_product"`
	Contacts         []acceptedContact `json:"contacts"`
	Messages         []acceptedMessage `json:"messages"`

	message *Message
}

type acceptedContact struct {
	Input  string `json:"input"`
	WaID   string `json:"wa_id,omitempty"`
	UserID string `json:"user_id,omitempty"`
}

type acceptedMessage struct {
	ID      string `json:"id"`
	Status  string `json:"message_status,omitempty"`
	GroupID string `json:"group_id,omitempty"`
}

func (s *Server) accepted(c *conversation, told *Message) accepted {
	m := told.content
	contact, sent := acceptedContact{Input: m.To, WaID: c.number()}, acceptedMessage{ID: told.ID}
	switch {
	case m.Group:
		contact.WaID, sent.GroupID = "", m.To
	case message.BusinessScoped(m.To):
		contact.WaID = ""
	case m.To == "":
		contact = acceptedContact{Input: m.Recipient, UserID: m.Recipient}
	case m.Recipient != "":
		contact.UserID = m.Recipient
	}
	switch {
	case told.Status == onHold:
		sent.Status = "held_for_quality_assessment"
	case m.Template != nil || s.cfg.MessageStatus:
		sent.Status = "accepted"
	}
	return accepted{"whatsapp", []acceptedContact{contact}, []acceptedMessage{sent}, told}
}

// markRead marks a user's message and the earlier ones as read.
func (s *Server) markRead(mark *message.Read) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	read := s.byID[mark.MessageID]
	if read == nil || read.Direction != In {
		return nil, graph.New(131009, "message_id is %q, which no user has sent.", mark.MessageID)
	}
	found := false
	for _, m := range slices.Backward(s.conversations[read.User].messages) {
		found = found || m == read
		if !found || m.Direction != In {
			continue
		}
		if m.Status == "read" && m != read {
			break // earlier ones were read before
		}
		if m.Status != "read" {
			m.Status = "read"
			s.tell(m, event.Status)
		}
	}
	return success, nil
}

var success = map[string]bool{"success": true}
