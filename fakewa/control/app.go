package control

import (
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/coexist"
)

// sayInApp has the business answer a user in the WhatsApp Business app.
func sayInApp(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"to":"16505551234","type":"text","text":{"body":"I take over."}}`
	var content fakewa.Content
	if err := readBody(r, &content, example); err != nil {
		return nil, err
	}
	to, err := takeUser(content, "to", example)
	if err != nil {
		return nil, err
	}
	id, err := coexist.Echo(s, to, content)
	return created{map[string]string{"id": id}}, err
}

func shareHistory(s *fakewa.Server, r *http.Request) (any, error) {
	body := struct {
		Chunk    int  `json:"chunk"`
		Declined bool `json:"declined"`
	}{Chunk: 100}
	if err := readBody(r, &body, `{"chunk":100}`); err != nil {
		return nil, err
	}
	if body.Declined {
		return success, coexist.New(s).DeclineHistory()
	}
	return success, coexist.New(s).ShareHistory(body.Chunk)
}

func changeContact(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"user":"16505551234","name":"Ana María"}`
	var body struct {
		User    string `json:"user"`
		Name    string `json:"name"`
		Removed bool   `json:"removed"`
	}
	if err := readBody(r, &body, example); err != nil {
		return nil, err
	}
	if err := checkUser(body.User, "user", example); err != nil {
		return nil, err
	}
	if body.Removed {
		return success, coexist.New(s).RemoveContact(body.User)
	}
	return success, coexist.New(s).SaveContact(body.User, body.Name)
}
