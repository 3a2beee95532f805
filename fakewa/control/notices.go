package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/notice"
)

func listNotices(*fakewa.Server, *http.Request) (any, error) {
	return map[string]any{"fields": notice.Fields()}, nil
}

// sendNotice sends the bot a webhook of a field: with any value, or the ready one with
// what "with" says.
func sendNotice(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"field":"account_update","with":{"event":"DISABLED_UPDATE"}} or {"field":"history","value":{}}`
	var body struct {
		Field string          `json:"field"`
		Value json.RawMessage `json:"value"`
		With  json.RawMessage `json:"with"`
	}
	if err := readBody(r, &body, example); err != nil {
		return nil, err
	}
	switch {
	case body.Field == "":
		return nil, errors.New("fakewa: notify: field is missing: want a body like " + example)
	case body.Value != nil && body.With != nil:
		return nil, errors.New("fakewa: notify: want either value or with, like " + example)
	case body.Value != nil:
		return success, notice.Send(s, notice.Raw{Name: body.Field, Value: body.Value})
	}
	n, err := notice.Ready(body.Field, body.With)
	if err != nil {
		return nil, fmt.Errorf("fakewa: %w", err)
	}
	return success, notice.Send(s, n)
}

// notifyError tells the bot of an error that belongs to no message.
func notifyError(s *fakewa.Server, r *http.Request) (any, error) {
	var body notice.Error
	if err := readBody(r, &body, `{"code":130429,"details":"…"}`); err != nil {
		return nil, err
	}
	return success, notice.Send(s, body)
}
