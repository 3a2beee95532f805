package notice

import (
	"cmp"
	"errors"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/wire"
)

// Error is an error that belongs to no message, such as 130429. It is of the field
// messages, and no ready notice.
type Error struct {
	Code    int    `json:"code"` // of Meta's
	Details string `json:"details"`
}

func (Error) Field() string { return "messages" }

func (e Error) value(s *fakewa.Server) (any, error) {
	if e.Code == 0 {
		return nil, errors.New(`code is missing: want an error code of Meta's, like {"code":130429}`)
	}
	title := cmp.Or(graph.Title(e.Code), "Error")
	return value(s, map[string]any{"errors": []any{map[string]any{
		"code": e.Code, "title": title, "message": title, "error_data": map[string]string{"details": e.Details},
		"href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
	}}}), nil
}

// value is the value of a webhook about users, with lists of objects.
func value(s *fakewa.Server, lists map[string]any) map[string]any {
	return wire.Value(displayNumber(s), s.Config().PhoneNumberID, lists)
}
