package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"wappasim/fakewa"
	"wappasim/sim/internal/inside"
	simperson "wappasim/sim/internal/person"
)

// person is somebody in the world.
type person struct {
	Name string `json:"name"`
	User string `json:"user"` // the number
}

const peoplePath = "/_sim/people"

// addPerson adds somebody by name.
func (s *Server) addPerson(r *request) (any, error) {
	if s.world == nil {
		return nil, s.noWorld()
	}
	var body struct{ Name string }
	if err := r.read(&body, `{"name":"Ana"}`); err != nil {
		return nil, err
	}
	if body.Name == "" {
		return nil, errors.New(`web: name is missing: want a body like {"name":"Ana"}`)
	}
	if !simperson.Name.MatchString(body.Name) && fakewa.CheckUser(body.Name) != nil {
		return nil, fmt.Errorf("web: %q is neither a name, which begins with a capital letter, nor a number like +15551234567", body.Name)
	}
	return s.person(body.Name), nil
}

// person returns somebody, who is there from now on: a step of its own, since numbers go by
// the first use of names. The caller holds mu.
func (s *Server) person(name string) person {
	if i := slices.IndexFunc(s.people, func(p person) bool { return p.Name == name }); i >= 0 {
		return s.people[i]
	}
	body, _ := json.Marshal(map[string]string{"name": name}) // a text can be encoded
	s.keepStep(step{call: call{http.MethodPost, peoplePath, "", body}, text: "there is " + name})
	p := person{name, s.world.Number(name)}
	s.people = append(s.people, p)
	s.scene.Name(name)
	return p
}

// send has people write as [sim.World.Send] does. It runs in the bubble.
func (s *Server) send(_ context.Context, _ *fakewa.Server, batch ...fakewa.Inbound) ([]string, fakewa.Answer, error) {
	return inside.Send(s.world, batch)
}
