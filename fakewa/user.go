package fakewa

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"wappasim/fakewa/message"
)

// Profile is what a test can set of a user.
type Profile struct {
	Name     string `json:"name"`     // default "Test User"
	Username string `json:"username"` // "" if the user has none
	Silent   bool   `json:"silent"`   // the phone is off: the bot's messages stay "sent"
	Blocks   bool   `json:"blocks"`   // has blocked the business: its messages stay "sent" for ever

	blocked bool // by the business
}

func newProfile() Profile { return Profile{Name: "Test User"} }

// scopedID returns the business-scoped id of a user. It does not depend on the
// seed: the same user has the same id in each run.
func scopedID(user string) string {
	if message.BusinessScoped(user) {
		return user
	}
	sum := sha256.Sum256([]byte("user " + user))
	return "US." + new(big.Int).SetBytes(sum[:8]).String()
}

// user returns the key of a user, given by a number in any form or a business-scoped id.
// The caller holds mu.
func (s *Server) user(given string) string {
	if known, ok := s.users[given]; ok {
		return known
	}
	return Number(given)
}

// CheckUser returns an error if a user is given by neither a phone number in any form nor
// a business-scoped user id.
func CheckUser(given string) error {
	digits, number := strings.CutPrefix(Number(given), "+")
	if number = number && digits != "" && strings.Trim(digits, "0123456789") == ""; !number && !message.BusinessScoped(given) {
		return fmt.Errorf("fakewa: %q is neither a phone number like +16505551234 nor a business-scoped user id like US.1234", given)
	}
	return nil
}

// names returns how webhooks name a user: by number, by business-scoped id, or both.
func (s *Server) names(user string) (number, id string) {
	digits, ok := strings.CutPrefix(user, "+")
	if ok && s.cfg.UserIDs != UserIDsOnly {
		number = digits
	}
	if !ok || s.cfg.UserIDs != UserIDsNone {
		id = scopedID(user)
	}
	return number, id
}

// named adds a user's names to an object, under the keys given for the number and the id.
func (s *Server) named(object map[string]any, user, numberKey, idKey string) map[string]any {
	number, id := s.names(user)
	if number != "" {
		object[numberKey] = number
	}
	if id != "" {
		object[idKey] = id
	}
	return object
}

// allowed tells whether the business may write to a user.
func (c Config) allowed(user string) bool {
	return len(c.Recipients) == 0 || slices.Contains(c.Recipients, user)
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
		users = append(users, User{c.user, scopedID(c.user), len(c.messages), c.profile})
	}
	return users
}
