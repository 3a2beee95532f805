package fakewa

import (
	"errors"
	"net/http"
)

func (s *Server) controlUsers(*http.Request) (any, error) {
	return map[string]any{"users": append([]User{}, s.Users()...)}, nil
}

func (s *Server) phone(r *http.Request) (*Phone, error) {
	user := r.PathValue("user")
	return s.Phone(user), checkUser(user)
}

func (s *Server) controlUser(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err != nil {
		return nil, err
	}
	return phone.Profile(), nil
}

func (s *Server) controlProfile(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err != nil {
		return nil, err
	}
	profile := phone.Profile()
	if err := read(r, &profile, `{"name":"Ana","username":"ana","silent":true,"blocks":false}`); err != nil {
		return nil, err
	}
	phone.SetProfile(profile)
	return phone.Profile(), nil
}

// said is the answer to what a user said.
func (s *Server) said(r *http.Request, user string, content Content) (any, error) {
	hook, err := s.Compose(Inbound{user, content})
	if err != nil {
		return nil, err
	}
	return created{map[string]any{"id": hook.IDs[0], "webhook": s.BringOnce(r.Context(), hook)}}, nil
}

func (s *Server) controlSend(r *http.Request) (any, error) {
	var content Content
	if err := read(r, &content, `{"type":"text","text":{"body":"hi"}}`); err != nil {
		return nil, err
	}
	return s.said(r, r.PathValue("user"), content)
}

func (s *Server) controlTap(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Choice string `json:"choice"`
	}
	if err := read(r, &body, `{"choice":"Yes"}`); err != nil {
		return nil, err
	}
	if body.Choice == "" {
		return nil, errors.New(`fakewa: choice is missing: want the title or id of a button or row, like {"choice":"Yes"}`)
	}
	content, err := phone.choice(body.Choice)
	if err != nil {
		return nil, err
	}
	return s.said(r, phone.user, content)
}

func (s *Server) controlReact(r *http.Request) (any, error) {
	var body struct {
		MessageID string `json:"message_id"`
		Emoji     string `json:"emoji"`
	}
	if err := read(r, &body, `{"message_id":"wamid.…","emoji":"👍"}`); err != nil {
		return nil, err
	}
	if body.MessageID == "" {
		return nil, errors.New(`fakewa: message_id is missing: want the id of a message, like {"message_id":"wamid.…","emoji":"👍"}`)
	}
	phone, err := s.phone(r)
	if err != nil {
		return nil, err
	}
	content, err := phone.reaction(body.MessageID, body.Emoji)
	if err != nil {
		return nil, err
	}
	return s.said(r, phone.user, content)
}

func (s *Server) controlRead(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err == nil {
		phone.Read()
	}
	return success, err
}

func (s *Server) controlPlay(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err == nil {
		phone.Play()
	}
	return success, err
}

func (s *Server) controlBatch(r *http.Request) (any, error) {
	var body struct {
		Messages []Content `json:"messages"`
	}
	if err := read(r, &body, `{"messages":[{"from":"16505551234","type":"text","text":{"body":"hi"}}]}`); err != nil {
		return nil, err
	}
	var batch []Inbound
	for _, content := range body.Messages {
		from, _ := content["from"].(string)
		delete(content, "from")
		batch = append(batch, Inbound{from, content})
	}
	hook, err := s.Compose(batch...)
	if err != nil {
		return nil, err
	}
	return created{map[string]any{"ids": hook.IDs, "webhook": s.BringOnce(r.Context(), hook)}}, nil
}
