package fakewa

import (
	"net/http"
	"slices"
)

// Users returns who the bot has had to do with, the one of whom least was heard
// first.
func (s *Server) Users() (users []User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.recent.Front(); e != nil; e = e.Next() {
		c := e.Value.(*conversation)
		users = append(users, User{c.user, scopedID(c.user), len(c.messages), c.profile})
	}
	return users
}

// User is one of the people that the bot has had to do with.
type User struct {
	User     string  `json:"user"`
	UserID   string  `json:"user_id"` // business-scoped
	Messages int     `json:"messages"`
	Profile  Profile `json:"profile"`
}

// Reset forgets everything that happened, and begins anew with a seed: the ids of
// what comes are those of a new server. Webhooks that wait are given up.
func (s *Server) Reset(seed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endEra()
	s.begin(seed)
}

func (s *Server) seedNow() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seed
}

func (s *Server) controlState(*http.Request) (any, error) {
	users := s.Users()
	conversations := map[string]any{}
	for _, u := range users {
		conversations[u.User] = s.Conversation(u.User)
	}
	faults, _ := s.controlFaults(nil)
	return map[string]any{
		"business": s.business(), "now": s.clock.Now().Format(milliseconds), "seed": s.seedNow(),
		"users": slices.Clip(users), "conversations": conversations,
		"faults": faults.(map[string]any)["faults"], "dropped": s.Dropped(),
	}, nil
}

func (s *Server) controlReset(r *http.Request) (any, error) {
	body := struct {
		Seed uint64 `json:"seed"`
	}{s.seedNow()}
	if err := read(r, &body, `{"seed":7}`); err != nil {
		return nil, err
	}
	s.Reset(body.Seed)
	return success, nil
}
