package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"
)

// step is something that was done to the world, and how it is done again.
type step struct {
	call
	text   string // with marks for people, see package scene
	at     time.Time
	events int // of the trace, before it
}

// stepObject is a step as clients see it.
type stepObject struct {
	N      int       `json:"n"`
	At     time.Time `json:"at"`
	Text   string    `json:"text"`
	Events int       `json:"events"`
}

// listSteps answers with what was done to the world.
func (s *Server) listSteps(*request) (any, error) {
	all := []stepObject{}
	for i, step := range s.steps {
		all = append(all, stepObject{i + 1, step.at, s.scene.Plain(step.text), step.events})
	}
	return map[string]any{"steps": all}, nil
}

// keepStep keeps a step that is about to be taken, or that takes no time. The caller holds mu.
func (s *Server) keepStep(st step) {
	st.at, st.events = s.world.Now(), s.world.Trace().Len()
	s.steps = append(s.steps, st)
}

// errNotDone is that a call was answered with an error: nothing has happened.
var errNotDone = errors.New("not done")

// take carries out a call that may change the world, and keeps it as a step if it was no
// error. The caller holds mu.
func (s *Server) take(c call) (got raw, err error) {
	known, before := len(s.people), len(s.steps)
	said := s.words(c)
	n := len(s.steps)
	s.keepStep(step{call: c, text: cmp.Or(said.brief, said.text)})
	err = s.scene.Act(said.text, said.code, func() (err error) {
		if got, err = s.carry(c, s.number); err != nil {
			return err
		}
		if got.status >= http.StatusBadRequest {
			return errNotDone
		}
		if said.text == "" {
			return nil
		}
		return refusal(got.body)
	})
	switch refusal := refusal(got.body); {
	case err == nil, refusal != nil:
		s.welcome(known)
	default:
		s.people, s.steps = s.people[:known], s.steps[:before]
		if errors.Is(err, errNotDone) {
			err = nil // the answer says why
		}
		return got, err
	}
	if said.text == "" {
		s.steps[n].text = strings.TrimSpace(fmt.Sprintf("%s %s %.200s", c.method, c.target, c.body))
		s.scene.Note(s.steps[n].text)
	}
	s.scene.Listen() // what the bot says at once stands before time goes on
	return got, nil
}

// restart begins the world anew and takes its first steps again.
func (s *Server) restart(r *request) (any, error) {
	body := struct {
		Seed *uint64
		To   int
	}{}
	if err := r.read(&body, `{"seed":7,"to":2}`); err != nil {
		return nil, err
	}
	if body.To < 0 || body.To > len(s.steps) {
		return nil, fmt.Errorf("web: to is %d: want a number from 0 to %d: so many steps were taken, see GET /_sim/steps", body.To, len(s.steps))
	}
	seed := s.seed
	if body.Seed != nil {
		seed = *body.Seed
	}
	s.clock.stop()
	if err := s.anew(seed, s.steps[:body.To]); err != nil {
		return nil, conflict("web: begin the world anew: %v", err)
	}
	return s.state(), nil
}

// anew begins the world anew and takes steps again. If that fails there is no world, and the
// talk stays for another try. The caller holds mu.
func (s *Server) anew(seed uint64, steps []step) (err error) {
	old := talk{s.seed, s.people, s.steps, s.scene}
	s.end()
	err = s.begin(seed)
	for i := 0; err == nil && i < len(steps); i++ {
		if err = s.again(steps[i]); err != nil {
			err = fmt.Errorf("take step %d again: %w", i+1, err)
		}
	}
	if err != nil {
		s.end()
		s.talk, s.broken = old, err
	}
	return err
}

// end ends the world, if there is one. What it has left is gone with it.
func (s *Server) end() {
	if s.world != nil {
		_ = s.world.Close()
		s.world = nil
	}
}

// again takes a step of an earlier world at its time. With another seed it may be impossible,
// like a tap on what is not offered: then it is left out.
func (s *Server) again(st step) error {
	if st.at.After(s.world.Now()) {
		if err := s.pass(st.at.Sub(s.world.Now()), math.MaxInt); err != nil { // it was within bounds before
			return err
		}
	}
	var err error
	switch path, _, _ := strings.Cut(st.target, "?"); path {
	case peoplePath:
		var body struct{ Name string }
		_ = json.Unmarshal(st.body, &body) // it was decoded before
		s.add(body.Name)
	case "/_sim/faults":
		err = s.inject(st.call)
	default:
		_, err = s.take(st.call)
	}
	return err
}

// noWorld says why there is no world.
func (s *Server) noWorld() error {
	return conflict("web: there is no world: %v; POST /_sim/restart begins one", s.broken)
}
