package call

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

const (
	lasts = 7 * 24 * time.Hour // a temporary permission, and a request
	day   = 24 * time.Hour
	week  = 7 * day

	askedDaily, askedWeekly = 1, 2 // requests to a user
	calledDaily             = 100  // calls to a user that were answered; sources have had 5 and 10
	missedInRow             = 4    // calls that a user does not answer: then the permission ends
)

// permission is what a user lets the business do.
type permission struct {
	until     time.Time // of a temporary one
	permanent bool
	request   string      // the id of the last message that asked
	asked     []time.Time // since the last call that was answered
	called    []time.Time // by the business, and answered
	missed    int         // calls of the business in a row
}

func (l *Line) permission(user string) *permission {
	if l.users[user] == nil {
		l.users[user] = new(permission)
	}
	return l.users[user]
}

// empty tells whether it is as that of a user who is unknown.
func (p *permission) empty(now time.Time) bool {
	return !p.granted(now) && p.request == "" && p.missed == 0 && within(p.asked, now, week) == 0 && within(p.called, now, day) == 0
}

func (p *permission) granted(now time.Time) bool { return p.permanent || now.Before(p.until) }

// within counts the times that are not older than a period.
func within(times []time.Time, now time.Time, period time.Duration) (n int) {
	for _, t := range times {
		if now.Sub(t) < period {
			n++
		}
	}
	return n
}

// Request is for package fakewa: it sends a message that asks a user for permission, unless
// that is refused. One without an id never arrives, and does not count.
func (l *Line) Request(user string, send func() (id string, refused *graph.Error)) *graph.Error {
	defer l.lock()()
	key := l.srv.User(user).Key
	p, now := l.permission(key), l.srv.Now()
	switch {
	case !l.enabled: // that the request is refused for it, and not only the call, is [?]
		return l.disabled()
	case p.permanent:
		return graph.New(138017, "%s lets the business call for good.", key)
	case within(p.asked, now, day) >= askedDaily:
		return graph.New(138009, "%s was asked within 24 hours; %d request a day is allowed, and %d in 7 days.", key, askedDaily, askedWeekly)
	case within(p.asked, now, week) >= askedWeekly:
		return graph.New(138009, "%s was asked %d times within 7 days; %d request a day is allowed, and %d in 7 days.", key, askedWeekly, askedDaily, askedWeekly)
	}
	id, refused := send()
	if refused == nil && id != "" { // else it was taken and fails
		p.request, p.asked = id, append(p.asked, now)
	}
	return refused
}

func (l *Line) disabled() *graph.Error {
	return graph.New(138000, "Calls are not enabled: POST /%s/settings with {\"calling\":{\"status\":\"ENABLED\"}} first.", l.srv.PhoneNumberID)
}

// Allow has a user let the business call them, for 7 days or for good, and returns the
// message that tells it so, for the user to send: the answer to the last request, or without
// one what WhatsApp sends when they allow it in the profile of the business. It fails for a
// request that is older than 7 days.
func (l *Line) Allow(user string, permanent bool) (reply map[string]any, err error) {
	defer l.lock()()
	u := l.srv.User(user)
	p, now := l.permission(u.Key), l.srv.Now()
	if p.request != "" && within(p.asked, now, lasts) == 0 && len(p.asked) > 0 {
		return nil, fmt.Errorf("call: allow: the request to %s has expired: it was sent more than 7 days ago", user)
	}
	context := p.request
	p.allow(now, permanent)
	return p.reply("accept", "user_action", context), nil
}

// Refuse has a user not let the business call them, and returns the message that tells it
// so, for the user to send. It fails if nobody has asked and nothing was allowed.
func (l *Line) Refuse(user string) (reply map[string]any, err error) {
	defer l.lock()()
	p := l.permission(l.srv.User(user).Key)
	if p.request == "" && !p.granted(l.srv.Now()) {
		return nil, fmt.Errorf("call: refuse: the business has not asked %s, and may not call", user)
	}
	context := p.request
	p.revoke()
	return p.reply("reject", "user_action", context), nil
}

func (p *permission) allow(now time.Time, permanent bool) {
	p.permanent, p.until, p.request, p.missed = permanent, now.Add(lasts), "", 0
}

func (p *permission) revoke() { p.permanent, p.until, p.request, p.missed = false, time.Time{}, "", 0 }

// reply is the message about a permission. A context is the id of what asked: a message, or
// a call; "": there is none.
func (p *permission) reply(response, source, context string) map[string]any {
	reply := map[string]any{"response": response, "is_permanent": p.permanent, "response_source": source}
	if response == "accept" && !p.permanent {
		reply["expiration_timestamp"] = fmt.Sprint(p.until.Unix())
	}
	message := map[string]any{
		"type":        "interactive",
		"interactive": map[string]any{"type": "call_permission_reply", "call_permission_reply": reply},
		"context":     nil,
	}
	if context != "" {
		message["context"] = map[string]any{"id": context}
	}
	return message
}

// automatic is the permission that a user gives by calling.
func (l *Line) automatic(c *Call) {
	p := l.permission(c.User)
	if p.permanent {
		return
	}
	p.allow(l.srv.Now(), false)
	reply := p.reply("accept", "automatic", c.ID)
	l.srv.User(c.User).Put(reply["context"].(map[string]any), "from", "", "")
	_ = l.srv.Say(c.User, reply) // who calls is on WhatsApp
}

// connected notes that a call was answered.
func (l *Line) connected(c *Call) {
	p := l.permission(c.User)
	p.asked, p.missed = nil, 0
	if c.Outgoing {
		now := l.srv.Now()
		p.called = slices.DeleteFunc(p.called, func(at time.Time) bool { return now.Sub(at) >= day })
		p.called = append(p.called, now)
	}
}

// unanswered notes that a call was not answered. After several in a row the permission ends.
func (l *Line) unanswered(c *Call) {
	p := l.permission(c.User)
	if c.Outgoing {
		p.missed++
	}
	if p.missed < missedInRow {
		return
	}
	p.revoke()
	_ = l.srv.Say(c.User, p.reply("reject", "automatic", "")) // who is called is on WhatsApp
}

// getPermission answers what the business may do. Meta's pages have these statuses, its
// OpenAPI file granted, pending, denied and expired [!].
func (l *Line) getPermission(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	user := f.Text("recipient")
	if !f.Has("recipient") {
		user = f.Need("user_wa_id", "the phone number of a user")
	}
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	defer l.lock()()
	if !l.enabled {
		return nil, l.disabled()
	}
	p, now := l.permission(l.srv.User(user).Key), l.srv.Now()
	state := map[string]any{"status": "no_permission"}
	switch {
	case p.permanent:
		state["status"] = "permanent"
	case p.granted(now):
		state["status"], state["expiration_time"] = "temporary", p.until.Unix()
	}
	asks := []any{limit("PT24H", p.asked, now, day, askedDaily), limit("P7D", p.asked, now, week, askedWeekly)}
	return map[string]any{"messaging_product": "whatsapp", "permission": state, "actions": []any{
		map[string]any{
			"action_name": "send_call_permission_request", "limits": asks,
			"can_perform_action": !p.permanent && within(p.asked, now, day) < askedDaily && within(p.asked, now, week) < askedWeekly,
		},
		map[string]any{
			"action_name": "start_call", "limits": []any{limit("PT24H", p.called, now, day, calledDaily)},
			"can_perform_action": p.granted(now) && within(p.called, now, day) < calledDaily,
		},
	}}, nil
}

// limit is a limit in the form of the API.
func limit(name string, times []time.Time, now time.Time, period time.Duration, allowed int) map[string]any {
	used := within(times, now, period)
	object := map[string]any{"time_period": name, "max_allowed": allowed, "current_usage": used}
	if used >= allowed {
		first := times[slices.IndexFunc(times, func(t time.Time) bool { return now.Sub(t) < period })]
		object["limit_expiration_time"] = first.Add(period).Unix()
	}
	return object
}
