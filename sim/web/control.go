package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
	"wappasim/sim"
	"wappasim/sim/internal/inside"
	simperson "wappasim/sim/internal/person"
)

// elsewhere are the calls of the control API that a world cannot take, with what can be done.
var elsewhere = map[string]string{
	"POST /_fakewa/reset":      "POST /_sim/restart begins the world anew",
	"PUT /_fakewa/webhook":     "the webhook of a world is its bot",
	"POST /_fakewa/businesses": "a world has one business",
}

// control carries out a request of the control API in the world.
func (s *Server) control(r *request) (any, error) {
	if s.world == nil {
		return nil, s.noWorld()
	}
	what := r.Method + " " + r.URL.Path
	why := elsewhere[what]
	if r.Method == http.MethodDelete && strings.HasPrefix(r.URL.Path, "/_fakewa/businesses/") && strings.Count(r.URL.Path, "/") == 3 {
		why = "a world has one business"
	}
	switch {
	case why != "":
		return nil, conflict("web: %s cannot be done in a world: %s", what, why)
	case what == "POST /_fakewa/clock":
		return s.moveClock(r)
	case what == "GET /_fakewa/messages" && r.URL.Query().Has("wait"):
		return s.awaitMessages(r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return s.carry(call{r.Method, r.URL.RequestURI(), "", nil})
	}
	return s.take(call{r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), r.body})
}

// moveClock moves the world where a fake would move its clock.
func (s *Server) moveClock(r *request) (any, error) {
	if _, err := s.moveTime(r); err != nil {
		return nil, err
	}
	return s.carry(call{http.MethodGet, "/_fakewa/clock", "", nil})
}

// awaitMessages lets virtual time pass until there is a message.
func (s *Server) awaitMessages(r *request) (any, error) {
	const longest = 5 * time.Minute
	query := r.URL.Query()
	wait, err := time.ParseDuration(query.Get("wait"))
	if err != nil || wait <= 0 || wait > longest {
		return nil, fmt.Errorf("web: wait is %q: want a time up to %s, like 30s", query.Get("wait"), longest)
	}
	query.Del("wait")
	var got raw
	var failed error
	some, err := s.world.WaitFor(wait, func() bool {
		got, failed = s.carry(call{r.Method, r.URL.Path + "?" + query.Encode(), "", nil})
		var list struct{ Messages []json.RawMessage }
		return failed != nil || got.status != http.StatusOK || json.Unmarshal(got.body, &list) == nil && len(list.Messages) > 0
	})
	s.publish()
	if err == nil {
		err = failed
	}
	if err == nil && !some {
		err = &statusError{http.StatusRequestTimeout, fmt.Errorf("web: no such message came within %s of virtual time", wait)}
	}
	return got, err
}

// call is a request that is carried out in the world.
type call struct {
	method, target, contentType string
	body                        []byte
}

// split returns the parts of the path below the API's root, with a person's number in the place
// of their name.
func (c call) split(number func(string) string) (parts []string, query string, err error) {
	u, err := url.ParseRequestURI(c.target)
	if err != nil {
		return nil, "", fmt.Errorf("web: the path %q: %w", c.target, err)
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(u.EscapedPath(), "/_fakewa/"), "/") {
		plain, err := url.PathUnescape(part)
		if err != nil {
			return nil, "", fmt.Errorf("web: the path %q: %w", c.target, err)
		}
		parts = append(parts, plain)
	}
	for i := 1; i < len(parts); i++ {
		if (parts[i-1] == "users" || parts[i-1] == "members") && simperson.Name.MatchString(parts[i]) && fakewa.CheckUser(parts[i]) != nil {
			parts[i] = number(parts[i])
		}
	}
	return parts, u.RawQuery, nil
}

// carry carries out a call of the control API in the world's bubble, and lets time pass until
// it is answered. The caller holds mu.
func (s *Server) carry(c call) (raw, error) {
	parts, query, err := c.split(func(name string) string { return s.person(name).User })
	if err != nil {
		return raw{}, err
	}
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	got := &recorder{raw{status: http.StatusOK, header: make(http.Header)}}
	err = inside.Do(s.world, "the answer to "+c.method+" "+c.target, func(*fakewa.Server) (err error) {
		defer func() {
			if p := recover(); p != nil { // as net/http would
				err = fmt.Errorf("web: %s %s: panic: %v", c.method, c.target, p)
			}
		}()
		// The request is made here: its context must not be of a client, for which nobody in the
		// bubble may wait.
		r, err := http.NewRequest(c.method, "http://127.0.0.1/_fakewa/"+strings.Join(parts, "/"), bytes.NewReader(c.body))
		if err != nil {
			return err
		}
		r.URL.RawQuery = query
		if c.contentType != "" {
			r.Header.Set("Content-Type", c.contentType)
		}
		control.Sending(control.Handler(inside.Platform(s.world)), s.send).ServeHTTP(got, r)
		return nil
	})
	return got.raw, err
}

// recorder takes an answer down.
type recorder struct{ raw }

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { r.body = append(r.body, b...); return len(b), nil }

// refusal returns what a bot's answer to a webhook, in the answer to a call, says if it is not
// 200.
func refusal(body []byte) error {
	var got struct {
		ID      *string
		IDs     []string
		Webhook *fakewa.Answer
	}
	if json.Unmarshal(body, &got) != nil || got.Webhook == nil || got.Webhook.OK() {
		return nil
	}
	if got.ID != nil && *got.ID == "" || len(got.IDs) > 0 && got.IDs[0] == "" {
		return nil // a fault holds the message
	}
	return &sim.Refused{Answer: *got.Webhook}
}
