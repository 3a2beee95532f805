package notice

import (
	"cmp"
	"errors"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
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
	return map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          metadata(s),
		"errors": []any{map[string]any{
			"code": e.Code, "title": title, "message": title, "error_data": map[string]string{"details": e.Details},
			"href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
		}},
	}, nil
}

// metadata says in webhooks of users which number they are about.
func metadata(s *fakewa.Server) map[string]string {
	return map[string]string{"display_phone_number": displayNumber(s), "phone_number_id": s.Config().PhoneNumberID}
}
