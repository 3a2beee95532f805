package control

import (
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/group"
)

func listGroups(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]any{"groups": list(s.Groups.All())}, nil
}

func createGroup(s *fakewa.Server, r *http.Request) (any, error) {
	var body struct {
		Subject  string `json:"subject"`
		Approval bool   `json:"approval"`
	}
	if err := readBody(r, &body, `{"subject":"Trip","approval":false}`); err != nil {
		return nil, err
	}
	g, err := s.Groups.Create(body.Subject, body.Approval)
	return created{g}, err
}

// groupOf returns the group whose id is in the path.
func groupOf(s *fakewa.Server, r *http.Request) (g group.Group, err error) {
	id := r.PathValue("group")
	g, found := s.Groups.Find(id)
	if !found {
		err = notFound("fakewa: there is no group %q; GET /_fakewa/groups lists them", id)
	}
	return g, err
}

// changeGroup has WhatsApp suspend a group, or clear it.
func changeGroup(s *fakewa.Server, r *http.Request) (any, error) {
	g, err := groupOf(s, r)
	if err != nil {
		return nil, err
	}
	body := struct {
		Suspended bool `json:"suspended"`
	}{g.Suspended}
	if err := readBody(r, &body, `{"suspended":true}`); err != nil {
		return nil, err
	}
	if body.Suspended == g.Suspended {
		return g, nil
	}
	if err := s.Groups.Suspend(g.ID, body.Suspended); err != nil {
		return nil, err
	}
	return groupOf(s, r)
}

func joinGroup(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"user":"16505551234"}`
	var body struct {
		User string `json:"user"`
	}
	if err := readBody(r, &body, example); err != nil {
		return nil, err
	}
	g, err := groupOf(s, r)
	if err == nil {
		err = checkUser(body.User, "user", example)
	}
	if err == nil {
		err = s.Groups.Join(g.ID, body.User)
	}
	return success, err
}

func leaveGroup(s *fakewa.Server, r *http.Request) (any, error) {
	g, err := groupOf(s, r)
	if err == nil {
		err = s.Groups.Leave(g.ID, r.PathValue("user"))
	}
	return success, err
}

// speakInGroup has a member send a message to a group.
func speakInGroup(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"from":"16505551234","type":"text","text":{"body":"hi, all"}}`
	var content fakewa.Content
	if err := readBody(r, &content, example); err != nil {
		return nil, err
	}
	g, err := groupOf(s, r)
	if err != nil {
		return nil, err
	}
	from, err := takeUser(content, "from", example)
	if err != nil {
		return nil, err
	}
	message, err := s.Groups.Speak(g.ID, from, content)
	if err != nil {
		return nil, err
	}
	return deliver(s, r, from, message)
}
