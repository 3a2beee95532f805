package control

import (
	"errors"
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/flow"
)

func listFlows(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]any{"flows": list(s.Config().Flows.Flows())}, nil
}

// listExchanges lists what was said to the endpoints of flows, decrypted.
func listExchanges(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]any{"exchanges": list(s.Config().Flows.Exchanges())}, nil
}

// pingFlow asks an endpoint whether it is there.
func pingFlow(s *fakewa.Server, r *http.Request) (any, error) {
	flows, id := s.Config().Flows, r.PathValue("id")
	if !flows.Has(id) {
		return nil, notFound("fakewa: ping: no flow has the id %q; GET flows lists them", id)
	}
	return success, asGateway(flows.Ping(r.Context(), id))
}

// asGateway gives an error of the bot's a status of its own: the test has done nothing wrong.
func asGateway(err error) error {
	_, endpoint := errors.AsType[*flow.EndpointError](err)
	_, reply := errors.AsType[*flow.ReplyError](err)
	if endpoint || reply {
		return &statusError{http.StatusBadGateway, err}
	}
	return err
}

// openFlow has a user tap the button of a message with a flow, and answers with the first
// screen.
func openFlow(s *fakewa.Server, r *http.Request) (any, error) {
	if _, err := phoneOf(s, r); err != nil {
		return nil, err
	}
	var body struct {
		Button string `json:"button"`
	}
	if err := readBody(r, &body, `{"button":"Book a table"}`); err != nil {
		return nil, err
	}
	visit, err := s.Config().Flows.Open(r.Context(), r.PathValue("user"), body.Button)
	if err != nil {
		return nil, asGateway(err)
	}
	return created{visit.Screen()}, nil
}

// inFlow makes a handler of what a user does in the flow that they have opened. It answers
// with the screen that follows.
func inFlow(do func(v *flow.Visit, r *http.Request) error) func(*fakewa.Server, *http.Request) (any, error) {
	return func(s *fakewa.Server, r *http.Request) (any, error) {
		if _, err := phoneOf(s, r); err != nil {
			return nil, err
		}
		visit := s.Config().Flows.Visit(r.PathValue("user"))
		if visit == nil {
			return nil, notFound("fakewa: %s has opened no flow: POST users/%[1]s/flow first", r.PathValue("user"))
		}
		if err := do(visit, r); err != nil {
			return nil, asGateway(err)
		}
		return visit.Screen(), nil
	}
}

func seeFlow(*flow.Visit, *http.Request) error { return nil }

func fillFlow(v *flow.Visit, r *http.Request) error {
	var body struct {
		Field  string   `json:"field"`
		Values []string `json:"values"`
	}
	if err := readBody(r, &body, `{"field":"Your name","values":["Ana"]}`); err != nil {
		return err
	}
	return v.Fill(r.Context(), body.Field, body.Values...)
}

func pressFlow(v *flow.Visit, r *http.Request) error {
	var body struct {
		Button string `json:"button"`
	}
	if err := readBody(r, &body, `{"button":"Continue"}`); err != nil {
		return err
	}
	return v.Press(r.Context(), body.Button)
}

func backFlow(v *flow.Visit, r *http.Request) error  { return v.Back(r.Context()) }
func closeFlow(v *flow.Visit, _ *http.Request) error { return v.Close() }
