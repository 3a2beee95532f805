package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"wappasim/sim"
	"wappasim/sim/internal/story"
)

// blank is what a blank of a fault's sentence takes.
type blank struct {
	Takes   string   `json:"takes"`
	Example string   `json:"example"`
	OneOf   []string `json:"one_of,omitempty"`
}

var blanks = map[string]blank{
	"n":       {Takes: "how many, or which one, from 1 on", Example: "2"},
	"code":    {Takes: "an error code of Meta's, or an HTTP status for a service", Example: "131016"},
	"replica": {Takes: "the number of a replica, from 1 on", Example: "1"},
	"by":      {Takes: "a time", Example: "5 seconds"},
	"for":     {Takes: "how long it lasts", Example: "1 minute"},
	"like":    {Takes: "a regular expression in quotation marks", Example: `"messages"`},
	"service": {Takes: "any service, or the service and its name, like the service pay.example.com", Example: "any service"},
	"point":   {Takes: "where", Example: "after API call", OneOf: points()},
}

// points are where a replica can crash.
func points() (all []string) {
	for _, of := range []string{"Redis command", "API call", "service call"} {
		all = append(all, "before "+of, "after "+of)
	}
	return all
}

// listFaults answers with the sentences of faults, and with those that are active.
func (s *Server) listFaults(*request) (any, error) {
	return map[string]any{"sentences": sim.FaultSentences(), "blanks": blanks, "active": s.state().Active}, nil
}

// injectFault lets a fault begin.
func (s *Server) injectFault(r *request) (any, error) {
	if s.world == nil {
		return nil, s.noWorld()
	}
	if err := s.inject(call{r.Method, r.URL.Path, "", r.body}); err != nil {
		return nil, err
	}
	return created{map[string]any{"active": s.state().Active}}, nil
}

// healFaults heals all faults.
func (s *Server) healFaults(r *request) (any, error) {
	if s.world == nil {
		return nil, s.noWorld()
	}
	if err := s.inject(call{r.Method, r.URL.Path, "", nil}); err != nil {
		return nil, err
	}
	return map[string]any{"active": s.state().Active}, nil
}

// inject lets the fault of a call begin and keeps the step. The caller holds mu.
func (s *Server) inject(c call) error {
	var body struct{ Sentence string }
	if c.method == http.MethodDelete {
		body.Sentence = sim.Fault{Kind: sim.Heal}.String()
	} else if err := (&request{body: c.body}).read(&body, `{"sentence":"the next expiry event is lost"}`); err != nil {
		return err
	}
	if body.Sentence == "" {
		return errors.New(`web: sentence is missing: want a body like {"sentence":"the next expiry event is lost"}; GET /_sim/faults lists the sentences`)
	}
	fault, err := sim.ParseFault(body.Sentence)
	if err != nil {
		return fmt.Errorf("web: %w; GET /_sim/faults lists the sentences", err)
	}
	c.body, _ = json.Marshal(body) // it was decoded
	n := len(s.steps)
	s.keepStep(step{call: c, text: body.Sentence})
	err = s.scene.Act(body.Sentence, fmt.Sprintf("w.Inject(%s)", story.Literal(fault)), func() error { return s.world.Inject(fault) })
	if err != nil {
		s.steps = s.steps[:n]
	}
	return err
}
