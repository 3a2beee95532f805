package fakewa

import (
	"fmt"
	"slices"
	"strings"

	"wappasim/fakewa/internal/dial"
	"wappasim/fakewa/message"
)

// Profile is what a test can set of a user.
type Profile struct {
	Name     string `json:"name"`     // default "Test User"; "": webhooks lack it, and the profile if there is no username
	Username string `json:"username"` // "" if the user has none. With one, webhooks lack the number until the business knows it
	Silent   bool   `json:"silent"`   // the phone is off: the bot's messages stay "sent"
	Blocks   bool   `json:"blocks"`   // has blocked the business: its messages stay "sent" for ever

	WaID          string `json:"wa_id"`           // the number as WhatsApp has it, where it is not the one that people dial; default: as the country has it
	NotOnWhatsApp bool   `json:"not_on_whatsapp"` // the number has no WhatsApp: what is sent to it is taken, and fails (131026)

	blocked bool // by the business
}

func newProfile() Profile { return Profile{Name: "Test User"} }

// CheckUser returns an error if a user is given by neither a phone number in any form nor
// a business-scoped user id.
func CheckUser(given string) error {
	digits, number := strings.CutPrefix(Number(given), "+")
	if number = number && digits != "" && strings.Trim(digits, "0123456789") == ""; !number && !message.BusinessScoped(given) {
		return fmt.Errorf("fakewa: %q is neither a phone number like +16505551234 nor a business-scoped user id like US.1234", given)
	}
	return nil
}

// allowed tells whether a user is on the list of recipients. The spelling on the list counts:
// another one of the same person is not on it. A user without a spelling is on it by any.
func (c Config) allowed(spelling, user string) bool {
	return slices.ContainsFunc(c.Recipients, func(r string) bool {
		return r == spelling || spelling == "" && dial.Person(r) == dial.Person(user)
	})
}

// notOnWhatsApp tells whether a number is among those without WhatsApp, in any spelling.
func (c Config) notOnWhatsApp(user string) bool {
	return slices.ContainsFunc(c.NotOnWhatsApp, func(n string) bool { return dial.Person(Number(n)) == dial.Person(user) })
}

// User is a person who has written to the bot or got a message from it.
type User struct {
	User     string  `json:"user"`
	UserID   string  `json:"user_id"` // business-scoped
	Messages int     `json:"messages"`
	Profile  Profile `json:"profile"`
}

// Users returns the people who have written to the bot or got a message from it, least
// recently active first.
func (s *Server) Users() (users []User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.recent.Front(); e != nil; e = e.Next() {
		c := e.Value.(*conversation)
		users = append(users, User{c.user, c.id, len(c.messages), c.profile})
	}
	return users
}
