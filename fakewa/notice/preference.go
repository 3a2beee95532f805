package notice

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"wappasim/fakewa"
)

// Preference says that a user wants no more marketing messages, or wants them again. The
// user is one who has written or was written to. It tells only: wa.Life.Prefer of a server also
// has marketing templates to the user fail.
type Preference struct {
	User   string `json:"user"`   // a number in any form, or a business-scoped id
	Choice string `json:"value"`  // stop (default) or resume
	Detail string `json:"detail"` // in words
}

func (Preference) Field() string { return "user_preferences" }

func (p Preference) value(s *fakewa.Server) (any, error) {
	users := s.Users()
	i := slices.IndexFunc(users, func(u fakewa.User) bool { return u.User == fakewa.Number(p.User) || u.UserID == p.User })
	if i < 0 {
		return nil, errors.New("user must be somebody who has written to the business or was written to, like 16505551234")
	}
	user, cfg := users[i], s.Config()
	p.Choice = cmp.Or(p.Choice, "stop")
	said := map[string]any{
		"category": "marketing_messages", "value": p.Choice, "timestamp": cfg.Clock.Now().Unix(),
		"detail": cmp.Or(p.Detail, "The user asked to "+p.Choice+" marketing messages."), "user_id": user.UserID,
	}
	contact := map[string]any{"profile": map[string]string{"name": user.Profile.Name}, "user_id": user.UserID}
	if number, ok := strings.CutPrefix(user.User, "+"); ok {
		said["wa_id"], contact["wa_id"] = number, number
	}
	return value(s, map[string]any{"contacts": []any{contact}, "user_preferences": []any{said}}), oneOf("value", p.Choice, "stop", "resume")
}
