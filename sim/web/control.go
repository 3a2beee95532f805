package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
	"wappasim/sim"
	"wappasim/sim/internal/inside"
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
		return s.look(r.URL.RequestURI(), r.Method)
	}
	return s.take(call{r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), r.body})
}

// ownBusiness takes the world's business out of a path that names it: what a world refuses, and
// what it does in its own way, goes by the paths without it.
func (s *Server) ownBusiness(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts, err := partsOf(r.URL)
		if err == nil && len(parts) > 2 && parts[0] == "businesses" && slices.Contains(s.ids, parts[1]) && parts[2] != "businesses" && parts[2] != "clock" { // these are not of a business
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = "/_fakewa/"+strings.Join(parts[2:], "/"), pathOf(parts[2:])
		}
		next.ServeHTTP(w, r)
	})
}

// moveClock moves the world where a fake would move its clock.
func (s *Server) moveClock(r *request) (any, error) {
	if _, err := s.moveTime(r); err != nil {
		return nil, err
	}
	return s.look("/_fakewa/clock", http.MethodGet)
}

// look carries out a call that changes nothing. The caller holds mu.
func (s *Server) look(target, method string) (raw, error) {
	return s.carry(call{method, target, "", nil}, func(name string) (string, error) {
		if p, ok := s.known(name); ok {
			return p.User, nil
		}
		return "", &statusError{http.StatusNotFound, fmt.Errorf(`web: there is no %s: POST /_sim/people {"name":%[1]q} adds a person`, name)}
	})
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
	if err := s.hasRoom(); err != nil {
		return nil, err
	}
	var got raw
	var failed error
	some, err := s.world.WaitFor(wait, func() bool {
		got, failed = s.look(r.URL.Path+"?"+query.Encode(), r.Method)
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
func (c call) split(number func(string) (string, error)) (parts []string, query string, err error) {
	u, err := url.ParseRequestURI(c.target)
	if err != nil {
		return nil, "", fmt.Errorf("web: the path %q: %w", c.target, err)
	}
	if parts, err = partsOf(u); err != nil {
		return nil, "", err
	}
	for i := 1; i < len(parts); i++ {
		if (parts[i-1] == "users" || parts[i-1] == "members") && isName(parts[i]) {
			if parts[i], err = number(parts[i]); err != nil {
				return nil, "", err
			}
		}
	}
	return parts, u.RawQuery, nil
}

// partsOf returns the parts of a path below the API's root.
func partsOf(u *url.URL) (parts []string, err error) {
	for part := range strings.SplitSeq(strings.TrimPrefix(u.EscapedPath(), "/_fakewa/"), "/") {
		plain, err := url.PathUnescape(part)
		if err != nil {
			return nil, fmt.Errorf("web: the path %q: %w", u, err)
		}
		parts = append(parts, plain)
	}
	return parts, nil
}

// pathOf returns a path below the API's root with these parts.
func pathOf(parts []string) string {
	escaped := make([]string, len(parts))
	for i, part := range parts {
		escaped[i] = url.PathEscape(part)
	}
	return "/_fakewa/" + strings.Join(escaped, "/")
}

// carry carries out a call of the control API in the world's bubble, and lets time pass until
// it is answered. People's numbers are asked for. The caller holds mu.
func (s *Server) carry(c call, number func(string) (string, error)) (raw, error) {
	parts, query, err := c.split(number)
	if err != nil {
		return raw{}, err
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
		r, err := http.NewRequest(c.method, "http://127.0.0.1"+pathOf(parts), bytes.NewReader(c.body))
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
