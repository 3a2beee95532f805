package fakewa

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
	"time"

	"wappasim/fakewa/internal/dial"
	"wappasim/fakewa/message"
)

// numberKept is how long webhooks have the number of a user with a username after a
// message to or from the number, if the business has no contact book.
const numberKept = 30 * 24 * time.Hour

// identity is how WhatsApp names a user.
type identity struct {
	waID   string   // digits; "" if the user has no number
	id     string   // business-scoped
	parent string   // of linked portfolios
	names  []string // their keys in Server.users

	changed  int       // how often id was changed
	known    bool      // the number is in the business' contact book
	numbered time.Time // when a message last went to the number or came from it; zero: never
}

func newIdentity(user string) identity {
	digits, ok := strings.CutPrefix(user, "+")
	if !ok {
		digits = ""
	}
	return identity{waID: digits, id: scopedID(user), parent: dial.ParentID(user)}
}

// scopedID returns the business-scoped id of a user. It does not depend on the
// seed: the same user has the same id in each run.
func scopedID(user string) string {
	if message.BusinessScoped(user) {
		return user
	}
	return dial.UserID("user", user)
}

// user returns the key of a user, given by a number in any form and spelling or a
// business-scoped id. The caller holds mu.
func (s *Server) user(given string) string {
	if known, ok := s.users[given]; ok {
		return known
	}
	number := Number(given)
	if known, ok := s.users[dial.Person(number)]; ok {
		return known
	}
	return dial.WaID(number)
}

// recipient returns the user or group to whom a message goes. If it has both a number and
// a business-scoped id, the number counts. The caller holds mu.
func (s *Server) recipient(m *message.Message) string {
	switch {
	case m.Group:
		return groupPrefix + m.To
	case m.To != "":
		return s.user(m.To)
	}
	return s.user(m.Recipient)
}

// wroteAs notes how a user names themselves, before they have written for the first time.
// In Brazil that shows how the account is registered. The caller holds mu.
func (c *conversation) wroteAs(given string) {
	number := Number(given)
	if c.wrote.IsZero() && number != c.user && dial.Person(number) == dial.Person(c.user) {
		c.waID = strings.TrimPrefix(dial.WaID(number), "+")
	}
}

// number returns the user's number as WhatsApp has it, in the form of webhooks; "": the
// user has none.
func (c *conversation) number() string {
	if c.profile.WaID == "" {
		return c.waID
	}
	return strings.TrimPrefix(Number(c.profile.WaID), "+")
}

// card is the contact card that a user shares when they are asked for their number.
func (c *conversation) card() (Content, error) {
	number := c.number()
	if number == "" {
		return nil, fmt.Errorf("fakewa: tap: %s has no number to share", c.user)
	}
	name := cmp.Or(c.profile.Name, c.profile.Username, "+"+number)
	content := Contact(name, "+"+number)
	content["origin"] = "contact_request"
	card := content["contacts"].([]any)[0].(map[string]any)
	card["vcard"] = fmt.Sprintf("BEGIN:VCARD\nVERSION:3.0\nFN:%s\nTEL;type=CELL;waid=%s:+%s\nEND:VCARD", name, number, number)
	return content, nil
}

// hidden tells whether webhooks lack the number of a user: of one with a username whom the
// business does not know by number. The caller holds mu.
func (s *Server) hidden(c *conversation) bool {
	if c.profile.Username == "" || c.known {
		return false
	}
	return c.numbered.IsZero() || s.clock.Now().Sub(c.numbered) > numberKept
}

// met notes that a message went to a user's number, or came from it. The caller holds mu.
func (s *Server) met(c *conversation) {
	c.numbered = s.clock.Now()
	c.known = c.known || !s.cfg.NoContactBook
}

// userNames are the names of a user in a webhook; "": it lacks the name.
type userNames struct{ number, id, parent string }

// namesOf returns how webhooks name a user now. The caller holds mu.
func (s *Server) namesOf(c *conversation) (n userNames) {
	if s.cfg.UserIDs != UserIDsOnly && (s.cfg.UserIDs == UserIDsNone || !s.hidden(c)) {
		n.number = c.number()
	}
	if c.profile.NotOnWhatsApp || s.cfg.UserIDs == UserIDsNone && n.number != "" {
		return n
	}
	n.id = c.id
	if s.cfg.ParentIDs {
		n.parent = c.parent
	}
	return n
}

// rename gives a user another business-scoped id, and another number if there is one. What
// is sent to the old id arrives nowhere. The caller holds mu.
func (s *Server) rename(c *conversation, id, number string) {
	c.id = id
	c.changed++
	s.alias(c, id)
	if number != "" {
		c.waID, c.profile.WaID = strings.TrimPrefix(number, "+"), ""
		s.alias(c, dial.Person(number))
	}
}

// alias makes a name one of a user's, unless it is somebody's already. The caller holds mu.
func (s *Server) alias(c *conversation, name string) {
	if _, taken := s.users[name]; !taken {
		s.users[name] = c.user
		c.names = append(c.names, name)
	}
}

// nextID returns the business-scoped id that a user gets after a change.
func (c *conversation) nextID(number string) string {
	if number != "" {
		return scopedID(number)
	}
	return dial.UserID(fmt.Sprint("user ", c.changed+1), c.id)
}

// changed completes WhatsApp's message that a user has another number or another id: the
// new id, and the words. Of type user_changed_user_id it is so from then on. The caller
// holds mu.
func (s *Server) changed(c *conversation, object map[string]any) {
	given, ok := object["system"].(map[string]any)
	if !ok {
		return
	}
	system := maps.Clone(given)
	object["system"] = system
	number, _ := system["wa_id"].(string)
	if number != "" {
		number = dial.WaID(Number(number))
	}
	id, _ := system["user_id"].(string)
	id = cmp.Or(id, c.nextID(number))
	switch system["type"] {
	case "user_changed_number":
		if s.cfg.UserIDs != UserIDsNone {
			system["user_id"] = id
		}
	case "user_changed_user_id":
		system["user_id"] = id
		if system["body"] == nil {
			system["body"] = fmt.Sprintf("User %s changed from %s to %s", c.profile.Name, c.id, id)
		}
	}
}

// learn notes what the business knows of a user after a message of theirs: that it came
// from their number, that they shared it, that they have another id. The caller holds mu.
func (s *Server) learn(c *conversation, object map[string]any) {
	if object["from"] != nil {
		s.met(c)
	}
	switch origin, _ := object["origin"].(string); object["type"] {
	case "contacts":
		c.known = c.known || !s.cfg.NoContactBook && strings.HasPrefix(origin, "contact_request")
	case "system":
		if system, _ := object["system"].(map[string]any); system["type"] == "user_changed_user_id" {
			id, _ := system["user_id"].(string)
			number, _ := system["wa_id"].(string)
			s.changeID(c, id, number)
		}
	}
}

// changeID gives a user another id, and tells the bot so. The caller holds mu.
func (s *Server) changeID(c *conversation, id, number string) {
	previous := c.id
	if number != "" {
		number = dial.WaID(Number(number))
	}
	s.rename(c, id, number)
	if s.cfg.NoUserIDUpdate {
		return
	}
	update := map[string]any{
		"user_id":   map[string]any{"previous": previous, "current": id},
		"detail":    fmt.Sprintf("User id for %s has been updated.", cmp.Or(c.profile.Name, "the user")),
		"timestamp": s.clock.Now().Unix(),
	}
	if n := s.namesOf(c); n.number != "" {
		update["wa_id"] = n.number
	}
	s.notify("user_id_update", s.value(map[string]any{"contacts": []any{s.contact(c, "")}, "user_id_update": []any{update}}))
}
