package control

import (
	"net/http"

	"wappasim/fakewa"
)

// getState returns all that happened to a business, for people who look for what went
// wrong.
func getState(s *fakewa.Server, _ *http.Request) (any, error) {
	users, cfg := s.Users(), s.Config()
	conversations := map[string]any{}
	for _, u := range users {
		conversations[u.User] = list(s.Conversation(u.User))
	}
	return map[string]any{
		"business": describe(s), "now": timestamp(cfg.Clock.Now()), "seed": cfg.Seed,
		"users": list(users), "conversations": conversations,
		"faults": faultObjects(s), "dropped": s.Dropped(),
	}, nil
}

// reset makes a business forget everything, and sets the seed of what comes.
func reset(s *fakewa.Server, r *http.Request) (any, error) {
	body := struct {
		Seed uint64 `json:"seed"`
	}{s.Config().Seed}
	if err := readBody(r, &body, `{"seed":7}`); err != nil {
		return nil, err
	}
	s.Reset(body.Seed)
	return success, nil
}
