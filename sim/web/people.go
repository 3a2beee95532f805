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
	if !isName(body.Name) && fakewa.CheckUser(body.Name) != nil {
		return nil, fmt.Errorf("web: %q is neither a name, which begins with a capital letter, nor a number like +15551234567", body.Name)
	}
	return s.add(body.Name), nil
}

// isName tells whether somebody is called by a name, and not by a number.
func isName(who string) bool { return simperson.Name.MatchString(who) && fakewa.CheckUser(who) != nil }

// add returns somebody, who is there from now on. The caller holds mu.
func (s *Server) add(who string) person {
	known := len(s.people)
	p := s.person(who)
	s.welcome(known)
	return p
}

// firstNumber is the number of the first name in a world, see [sim.World.Number].
const firstNumber = 15550000001

// person returns somebody. Who is new comes with a step of their own, since numbers go by the
// first use of names, and is there once welcome is called: until then both can be taken back,
// which the world could not do with a number. The caller holds mu.
func (s *Server) person(who string) person {
	if p, ok := s.known(who); ok {
		return p
	}
	body, _ := json.Marshal(map[string]string{"name": who}) // a text can be encoded
	s.keepStep(step{call: call{http.MethodPost, peoplePath, "", body}, text: "there is " + who})
	p := person{Name: who}
	if isName(who) {
		names := 0
		for _, other := range s.people {
			if isName(other.Name) {
				names++
			}
		}
		p.User = fmt.Sprintf("+%d", firstNumber+names)
	} else {
		p.User = s.world.Number(who)
	}
	s.people = append(s.people, p)
	return p
}

// number returns somebody's number, as person does.
func (s *Server) number(who string) (string, error) { return s.person(who).User, nil }

// known returns somebody who is there. The caller holds mu.
func (s *Server) known(who string) (p person, ok bool) {
	i := slices.IndexFunc(s.people, func(p person) bool { return p.Name == who })
	if i < 0 {
		return p, false
	}
	return s.people[i], true
}

// welcome tells the world who came when there were so many people. The caller holds mu.
func (s *Server) welcome(known int) {
	for _, p := range s.people[known:] {
		s.world.Number(p.Name)
		s.scene.Name(p.Name)
	}
}

// send has people write as [sim.World.Send] does. It runs in the bubble.
func (s *Server) send(_ context.Context, _ *fakewa.Server, batch ...fakewa.Inbound) ([]string, fakewa.Answer, error) {
	return inside.Send(s.world, batch)
}
