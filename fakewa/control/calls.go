package control

import (
	"fmt"
	"net/http"

	"wappasim/fakewa"
)

func listCalls(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]any{"calls": list(s.Calls.All())}, nil
}

// dial has a user call the business.
func dial(s *fakewa.Server, r *http.Request) (any, error) {
	phone, err := phoneOf(s, r)
	if err != nil {
		return nil, err
	}
	id, err := s.Calls.Dial(phone.Number())
	return created{map[string]string{"id": id}}, err
}

// actOnCall has the user of a call pick up, decline or hang up.
func actOnCall(s *fakewa.Server, r *http.Request) (any, error) {
	var body struct {
		Action string `json:"action"`
	}
	if err := readBody(r, &body, `{"action":"hang_up"}`); err != nil {
		return nil, err
	}
	id := r.PathValue("call")
	if _, found := s.Calls.Find(id); !found {
		return nil, notFound("fakewa: there is no call %q; GET /_fakewa/calls lists them", id)
	}
	switch body.Action {
	case "pick_up":
		return success, s.Calls.PickUp(id)
	case "decline":
		return success, s.Calls.Decline(id)
	case "hang_up":
		return success, s.Calls.HangUp(id)
	}
	return nil, fmt.Errorf(`fakewa: action is %q: want pick_up, decline or hang_up, like {"action":"hang_up"}`, body.Action)
}

// permit has a user say whether the business may call them.
func permit(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"response":"accept","is_permanent":false}`
	var body struct {
		Response  string `json:"response"`
		Permanent bool   `json:"is_permanent"`
	}
	if err := readBody(r, &body, example); err != nil {
		return nil, err
	}
	phone, err := phoneOf(s, r)
	if err != nil {
		return nil, err
	}
	var reply map[string]any
	switch body.Response {
	case "accept":
		reply, err = s.Calls.Allow(phone.Number(), body.Permanent)
	case "reject":
		reply, err = s.Calls.Refuse(phone.Number())
	default:
		err = fmt.Errorf("fakewa: response is %q: want accept or reject, like %s", body.Response, example)
	}
	if err != nil {
		return nil, err
	}
	return deliver(s, r, phone.Number(), reply)
}
