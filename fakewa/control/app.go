package control

import (
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/coexist"
)

// sayInApp has the business answer a user in the WhatsApp Business app.
func sayInApp(s *fakewa.Server, r *http.Request) (any, error) {
	var content fakewa.Content
	if err := readBody(r, &content, `{"to":"16505551234","type":"text","text":{"body":"I take over."}}`); err != nil {
		return nil, err
	}
	to, _ := content["to"].(string)
	delete(content, "to")
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
	var body struct {
		User    string `json:"user"`
		Name    string `json:"name"`
		Removed bool   `json:"removed"`
	}
	if err := readBody(r, &body, `{"user":"16505551234","name":"Ana María"}`); err != nil {
		return nil, err
	}
	if body.Removed {
		return success, coexist.New(s).RemoveContact(body.User)
	}
	return success, coexist.New(s).SaveContact(body.User, body.Name)
}
