package fakewa

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"wappasim/fakewa/event"
	"wappasim/fakewa/flow"
	"wappasim/fakewa/message"
)

// flowRoutes are the calls that manage flows.
func (s *Server) flowRoutes() (routes []route) {
	handlers := s.cfg.Flows.Routes(s.cfg.BusinessID, s.cfg.PhoneNumberID)
	for _, pattern := range slices.Sorted(maps.Keys(handlers)) {
		routes = append(routes, route{pattern, handlers[pattern], 0})
	}
	return routes
}

// largestFlowAnswer is how much is read of an endpoint's answer, in bytes.
const largestFlowAnswer = 10 << 20

// flowHost is what the account's flows need of the server.
func (s *Server) flowHost() flow.Host {
	return flow.Host{
		AccountID: s.cfg.BusinessID, AppID: s.cfg.AppID, Name: s.cfg.Name, Limit: s.cfg.Limit,
		User: func(given string) string {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.user(given)
		},
		Now: s.clock.Now,
		Draw: func(what string) [32]byte {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.draw(what + s.apart)
		},
		Find: s.findFlow, Write: s.writeFlow, Post: s.postFlow,
		Notify: func(value map[string]any) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.notify("flows", value)
		},
	}
}

// findFlow returns the latest message with a flow that has arrived at a user: of any, or of
// those whose button has a title.
func (s *Server) findFlow(user, button string) (messageID string, body []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var offered []string
	if c := s.conversations[user]; c != nil {
		for _, m := range slices.Backward(c.messages) {
			i := slices.IndexFunc(m.Choices, func(c message.Choice) bool { return c.Kind == "flow" })
			if m.Direction != Out || i < 0 {
				continue
			}
			if s.arrive(c, m); m.Status == "failed" || m.Status == "sent" {
				continue
			}
			if button == "" || m.Choices[i].Title == button {
				if m.template != nil {
					return m.ID, m.template.Flow(m.Body), nil
				}
				return m.ID, m.Body, nil
			}
			offered = append(offered, m.Choices[i].Title)
		}
	}
	if offered == nil {
		return "", nil, fmt.Errorf("fakewa: open a flow: %s has received no message with a flow", user)
	}
	return "", nil, fmt.Errorf("fakewa: open the flow %q: no message has it; there are %q", button, offered)
}

// writeFlow has a user write what they have filled in.
func (s *Server) writeFlow(user, messageID, response string) (id string, deliver func(context.Context) error, err error) {
	content := FlowReply(response)
	content["context"] = map[string]any{"id": messageID}
	hook, err := s.Compose(Inbound{From: user, Content: content})
	if err != nil {
		return "", nil, err
	}
	return hook.IDs[0], func(ctx context.Context) error {
		if answer := s.DeliverOnce(ctx, hook); !answer.OK() {
			return &flow.ReplyError{Status: answer.Status, Body: answer.Body, Why: answer.Error}
		}
		return nil
	}, nil
}

// postFlow posts a request to the endpoint of a flow, with the fault that it meets.
func (s *Server) postFlow(ctx context.Context, p flow.Post) (status int, answer []byte, err error) {
	defer s.clock.enter()()
	s.mu.Lock()
	var f Fault
	if len(s.faults) > 0 {
		f = s.next(target{"flow", s.user(p.User), "flow"})
	}
	s.mu.Unlock()
	if err := s.clock.sleep(ctx, f.Delay, event.Due{What: "flow", Text: "request for " + p.User}); err != nil {
		return 0, nil, err
	}
	body, err := p.Seal(f.WrongKey)
	if err != nil {
		return 0, nil, err
	}
	secret := s.cfg.AppSecret
	if f.WrongSignature {
		secret += ", and not this one"
	}
	ctx = context.WithValue(ctx, webhookKey{}, Webhook{Body: p.Plain, field: "flow"})
	post := func() (int, []byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, bytes.NewReader(body))
		if err != nil {
			return 0, nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("User-Agent", "facebookexternalua")
		req.Header.Set("X-Hub-Signature-256", Sign(secret, body))
		return s.exchange(req, largestFlowAnswer)
	}
	status, answer, err = post()
	if f.Duplicate && err == nil {
		status, answer, err = post()
	}
	if f.Lost {
		return 0, nil, errors.New("the answer was lost by an injected fault")
	}
	return status, answer, err
}
