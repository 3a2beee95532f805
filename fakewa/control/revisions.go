package control

import (
	"errors"
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/revision"
)

func editMessage(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"message_id":"wamid.…","words":"two"}`
	var body struct {
		MessageID string `json:"message_id"`
		Words     string `json:"words"`
	}
	phone, err := changed(s, r, &body, &body.MessageID, example)
	if err != nil {
		return nil, err
	}
	content, err := revision.Edit(s.Conversation(phone.Number()), s.Config().Clock.Now(), body.MessageID, body.Words)
	if err != nil {
		return nil, err
	}
	return deliver(s, r, phone.Number(), content)
}

func deleteMessage(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"message_id":"wamid.…"}`
	var body struct {
		MessageID string `json:"message_id"`
	}
	phone, err := changed(s, r, &body, &body.MessageID, example)
	if err != nil {
		return nil, err
	}
	content, err := revision.Delete(s.Conversation(phone.Number()), s.Config().Clock.Now(), body.MessageID)
	if err != nil {
		return nil, err
	}
	return deliver(s, r, phone.Number(), content)
}

// changed reads the body of a call that changes a message, and returns the phone on which
// that is done.
func changed(s *fakewa.Server, r *http.Request, into any, messageID *string, example string) (*fakewa.Phone, error) {
	if err := readBody(r, into, example); err != nil {
		return nil, err
	}
	if *messageID == "" {
		return nil, errors.New("fakewa: message_id is missing: want the id of a message, like " + example)
	}
	return phoneOf(s, r)
}
