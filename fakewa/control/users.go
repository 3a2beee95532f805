package control

import (
	"errors"
	"fmt"
	"net/http"

	"wappasim/fakewa"
)

func listUsers(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]any{"users": list(s.Users())}, nil
}

// phoneOf returns the phone of the user in the path.
func phoneOf(s *fakewa.Server, r *http.Request) (*fakewa.Phone, error) {
	user := r.PathValue("user")
	return s.Phone(user), fakewa.CheckUser(user)
}

// checkUser wants a user under a name in the body of a call.
func checkUser(user, name, example string) error {
	if user == "" {
		return fmt.Errorf("fakewa: %s is missing: want a body like %s", name, example)
	}
	return fakewa.CheckUser(user)
}

// takeUser takes the user under a name out of a message.
func takeUser(content fakewa.Content, name, example string) (user string, err error) {
	user, _ = content[name].(string)
	delete(content, name)
	return user, checkUser(user, name, example)
}

func getProfile(s *fakewa.Server, r *http.Request) (any, error) {
	phone, err := phoneOf(s, r)
	if err != nil {
		return nil, err
	}
	return phone.Profile(), nil
}

func changeProfile(s *fakewa.Server, r *http.Request) (any, error) {
	phone, err := phoneOf(s, r)
	if err != nil {
		return nil, err
	}
	profile := phone.Profile()
	if err := readBody(r, &profile, `{"name":"Ana","username":"ana","silent":true,"blocks":false}`); err != nil {
		return nil, err
	}
	if err := fakewa.CheckUser(profile.WaID); profile.WaID != "" && err != nil {
		return nil, fmt.Errorf("wa_id: %w", err)
	}
	phone.SetProfile(profile)
	return phone.Profile(), nil
}

// deliver has a user send a message, and answers with its id and how the bot answered
// the first delivery attempt.
func deliver(s *fakewa.Server, r *http.Request, user string, content fakewa.Content) (any, error) {
	ids, answer, err := sending(r)(r.Context(), s, fakewa.Inbound{From: user, Content: content})
	if err != nil {
		return nil, err
	}
	return created{map[string]any{"id": ids[0], "webhook": answer}}, nil
}

func sendMessage(s *fakewa.Server, r *http.Request) (any, error) {
	var content fakewa.Content
	if err := readBody(r, &content, `{"type":"text","text":{"body":"hi"}}`); err != nil {
		return nil, err
	}
	return deliver(s, r, r.PathValue("user"), content)
}

func tap(s *fakewa.Server, r *http.Request) (any, error) {
	phone, err := phoneOf(s, r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Choice string `json:"choice"`
	}
	if err := readBody(r, &body, `{"choice":"Yes"}`); err != nil {
		return nil, err
	}
	if body.Choice == "" {
		return nil, errors.New(`fakewa: tap: choice is missing: want the title or id of a button or row, like {"choice":"Yes"}`)
	}
	content, err := phone.Choose(body.Choice, "")
	if err != nil {
		return nil, err
	}
	return deliver(s, r, phone.Number(), content)
}

func react(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"message_id":"wamid.…","emoji":"👍"}`
	var body struct {
		MessageID string `json:"message_id"`
		Emoji     string `json:"emoji"`
	}
	if err := readBody(r, &body, example); err != nil {
		return nil, err
	}
	if body.MessageID == "" {
		return nil, errors.New("fakewa: react: message_id is missing: want the id of a message, like " + example)
	}
	phone, err := phoneOf(s, r)
	if err != nil {
		return nil, err
	}
	if m, ok := s.Message(body.MessageID); !ok || m.User != phone.Number() {
		return nil, fmt.Errorf("fakewa: react: %s has no message %q", phone.Number(), body.MessageID)
	}
	return deliver(s, r, phone.Number(), fakewa.Reaction(body.MessageID, body.Emoji))
}

func read(s *fakewa.Server, r *http.Request) (any, error) {
	phone, err := phoneOf(s, r)
	if err == nil {
		phone.Read()
	}
	return success, err
}

func play(s *fakewa.Server, r *http.Request) (any, error) {
	phone, err := phoneOf(s, r)
	if err == nil {
		phone.Play()
	}
	return success, err
}
