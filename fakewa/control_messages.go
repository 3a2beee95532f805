package fakewa

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

func messagesObject(messages []Message) any {
	if messages == nil {
		messages = []Message{}
	}
	return map[string]any{"messages": messages}
}

func (s *Server) controlConversation(r *http.Request) (any, error) {
	if _, err := s.phone(r); err != nil {
		return nil, err
	}
	return messagesObject(s.Conversation(r.PathValue("user"))), nil
}

// maxWait is how long a test waits at most for a message, by the machine's clock.
const maxWait = 5 * time.Minute

// filter reads what messages a test asks for.
func filter(q url.Values) (f Filter, err error) {
	known := map[string][]string{ // parameters, and their values if these are few
		"user": nil, "type": nil, "since": nil, "after": nil, "wait": nil,
		"direction": {string(In), string(Out)},
		"status":    {"sent", "delivered", "read", "played", "failed"},
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		values, ok := known[name]
		if value := q.Get(name); !ok {
			return f, fmt.Errorf("fakewa: there is no parameter %q; there are %q", name, slices.Sorted(maps.Keys(known)))
		} else if value != "" && values != nil && !slices.Contains(values, value) {
			return f, fmt.Errorf("fakewa: %s is %q; want one of %q", name, value, values)
		}
	}
	f = Filter{User: q.Get("user"), Direction: Direction(q.Get("direction")), Type: q.Get("type"), Status: q.Get("status"), After: q.Get("after")}
	if since := q.Get("since"); since != "" {
		if f.Since, err = time.Parse(time.RFC3339, since); err != nil {
			return f, fmt.Errorf("fakewa: since is %q; want a time like 2026-01-05T09:00:00Z", since)
		}
	}
	if f.User != "" {
		return f, checkUser(f.User)
	}
	return f, nil
}

func (s *Server) controlMessages(r *http.Request) (any, error) {
	q := r.URL.Query()
	f, err := filter(q)
	if err != nil {
		return nil, err
	}
	if f.After != "" && !s.has(f.After) {
		return nil, fmt.Errorf("fakewa: after is %q, which is the id of no message that is kept", f.After)
	}
	wait := q.Get("wait")
	if wait == "" {
		return messagesObject(s.Messages(f)), nil
	}
	d, err := time.ParseDuration(wait)
	if err != nil || d <= 0 || d > maxWait {
		return nil, fmt.Errorf("fakewa: wait is %q; want a time up to %s, like 30s", wait, maxWait)
	}
	ctx, cancel := context.WithTimeout(r.Context(), d)
	defer cancel()
	messages, err := s.Wait(ctx, f)
	if err != nil {
		return nil, &problem{http.StatusRequestTimeout, fmt.Errorf("fakewa: no such message came within %s", wait)}
	}
	return messagesObject(messages), nil
}
