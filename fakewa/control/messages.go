package control

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"wappasim/fakewa"
)

func messagesObject(messages []fakewa.Message) any {
	return map[string]any{"messages": list(messages)}
}

func getConversation(s *fakewa.Server, r *http.Request) (any, error) {
	if _, err := phoneOf(s, r); err != nil {
		return nil, err
	}
	return messagesObject(s.Conversation(r.PathValue("user"))), nil
}

// maxWait is how long a test waits at most for a message, by the machine's clock.
const maxWait = 5 * time.Minute

// readFilter reads which messages a test asks for.
func readFilter(q url.Values) (f fakewa.Filter, err error) {
	known := map[string][]string{ // parameters, and their values if these are few
		"user": nil, "type": nil, "since": nil, "after": nil, "wait": nil,
		"direction": {string(fakewa.In), string(fakewa.Out)},
		"status":    {"held", "sent", "delivered", "read", "played", "failed"},
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		values, ok := known[name]
		if value := q.Get(name); !ok {
			return f, fmt.Errorf("fakewa: unknown parameter %q; want one of %q", name, slices.Sorted(maps.Keys(known)))
		} else if value != "" && values != nil && !slices.Contains(values, value) {
			return f, fmt.Errorf("fakewa: %s is %q; want one of %q", name, value, values)
		}
	}
	f = fakewa.Filter{User: q.Get("user"), Direction: fakewa.Direction(q.Get("direction")), Type: q.Get("type"), Status: q.Get("status"), After: q.Get("after")}
	if since := q.Get("since"); since != "" {
		if f.Since, err = time.Parse(time.RFC3339, since); err != nil {
			return f, fmt.Errorf("fakewa: since is %q; want a time like 2026-01-05T09:00:00Z", since)
		}
	}
	if f.User != "" {
		return f, fakewa.CheckUser(f.User)
	}
	return f, nil
}

// listMessages returns the messages that a filter chooses, at once or as soon as there
// is one.
func listMessages(s *fakewa.Server, r *http.Request) (any, error) {
	q := r.URL.Query()
	f, err := readFilter(q)
	if err != nil {
		return nil, err
	}
	if _, kept := s.Message(f.After); f.After != "" && !kept {
		return nil, fmt.Errorf("fakewa: after is %q; want the id of a message that the fake keeps", f.After)
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
		return nil, &statusError{http.StatusRequestTimeout, fmt.Errorf("fakewa: no such message came within %s", wait)}
	}
	return messagesObject(messages), nil
}

// sendBatch has users send messages in one webhook.
func sendBatch(s *fakewa.Server, r *http.Request) (any, error) {
	var body struct {
		Messages []fakewa.Content `json:"messages"`
	}
	if err := readBody(r, &body, `{"messages":[{"from":"16505551234","type":"text","text":{"body":"hi"}}]}`); err != nil {
		return nil, err
	}
	var batch []fakewa.Inbound
	for _, content := range body.Messages {
		from, _ := content["from"].(string)
		delete(content, "from")
		batch = append(batch, fakewa.Inbound{From: from, Content: content})
	}
	ids, answer, err := sending(r)(r.Context(), s, batch...)
	if err != nil {
		return nil, err
	}
	return created{map[string]any{"ids": ids, "webhook": answer}}, nil
}
