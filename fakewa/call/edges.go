package call

import (
	"net/http"
	"path"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/host"
	"wappasim/fakewa/internal/params"
)

// Edges are the calls to the Graph API that [Line.Serve] answers, under the id of the number.
var Edges = []string{"POST calls", "GET call_permissions", "GET settings", "POST settings"}

// Serve is for package fakewa: it answers a call to one of the [Edges].
func (l *Line) Serve(r *http.Request, body []byte) (any, *graph.Error) {
	switch r.Method + " " + path.Base(r.URL.Path) {
	case "POST calls":
		return l.postCall(r, body)
	case "GET call_permissions":
		return l.getPermission(r, body)
	case "GET settings":
		return l.getSettings(r, body)
	}
	return l.postSettings(r, body)
}

// maxConcurrent is how many calls a number can have at once; a page of Meta's has 5000.
const maxConcurrent = 1000

const maxOpaque = 512 // characters

// postCall answers an action of the bot on a call.
func (l *Line) postCall(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	f.Product()
	action := f.OneOf("action", "connect", "pre_accept", "accept", "reject", "terminate")
	f.NotSimulated("connection", "recording", "transcription")
	opaque := f.Short("biz_opaque_callback_data", maxOpaque)
	defer l.lock()()
	switch {
	case f.Refused() != nil:
		return nil, f.Refused()
	case !l.enabled:
		return nil, l.disabled()
	case action == "connect":
		return l.dialOut(f, opaque)
	}
	c := l.named(f)
	answer := ""
	if action == "pre_accept" || action == "accept" {
		answer = description(f, "answer", action == "accept" && c != nil && c.Answer != "")
	}
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	return l.act(c, action, answer, opaque)
}

// named returns the call that the bot names by its id, or as Meta's OpenAPI file has it by
// its user. A call that does not exist refuses the request; with which code is [?].
func (l *Line) named(f params.Fields) *Call {
	given := f.Text("call_id")
	if given == "" {
		given = f.Text("to")
	}
	if given == "" {
		f.Missing("call_id", "the id of a call")
		return nil
	}
	c := l.find(given)
	switch {
	case c == nil:
		f.Refuse("call_id", "is %.80q; there is no such call.", given)
	case c.State == Over:
		f.Refuse("call_id", "is %.80q; the call is over.", given)
	}
	return c
}

// description reads the SDP of a session. After pre_accept, accept may leave it out [?].
func description(f params.Fields, kind string, optional bool) string {
	if !f.Has("session") {
		if !optional {
			f.Missing("session", `an object like {"sdp_type":"`+kind+`","sdp":"v=0…"}`)
		}
		return ""
	}
	session := f.Object("session")
	session.OneOf("sdp_type", kind)
	return session.Need("sdp", "an SDP of RFC 8866")
}

// act does what the bot wants with a call that is not over.
func (l *Line) act(c *Call, action, answer, opaque string) (any, *graph.Error) {
	done := map[string]any{"messaging_product": "whatsapp", "success": true}
	if action == "terminate" {
		return host.Then{Answer: done, Do: l.later(c, func() { l.end(c) })}, nil
	}
	if c.Outgoing || c.State != Ringing {
		return nil, graph.New(100, "action is %q; that is for a call of a user that rings, and this one is %s and was begun by %s.", action, c.State, caller(c))
	}
	switch action {
	case "pre_accept":
		c.Answer = answer
	case "accept":
		if c.Answer != "" && answer != "" && answer != c.Answer {
			return nil, graph.New(100, "session.sdp is another than that of pre_accept; it must be the same.")
		}
		if answer != "" {
			c.Answer = answer
		}
		c.State, c.Answered, c.Opaque = Live, l.srv.Now(), opaque
		l.connected(c)
	case "reject":
		return host.Then{Answer: done, Do: l.later(c, func() { l.end(c) })}, nil
	}
	return done, nil
}

func caller(c *Call) string {
	if c.Outgoing {
		return "the business"
	}
	return "the user"
}

// later returns what happens to a call after the answer to the bot, unless it is over by then.
func (l *Line) later(c *Call, do func()) func() {
	return func() {
		defer l.lock()()
		if c.State != Over {
			do()
		}
	}
}

// dialOut has the business call a user.
func (l *Line) dialOut(f params.Fields, opaque string) (any, *graph.Error) {
	given := f.Text("to")
	if id := f.Text("recipient"); given == "" {
		given = id
	}
	if given == "" {
		f.Missing("to", "the phone number of a user")
	}
	offer := description(f, "offer", false)
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	u := l.srv.User(given)
	p, now := l.permission(u.Key), l.srv.Now()
	going := 0
	for _, c := range l.calls {
		if c.State != Over {
			going++
		}
	}
	switch {
	case u.Missing:
		return nil, graph.New(138001, "%s is not on WhatsApp.", given)
	case l.going(u.Key) != nil:
		return nil, graph.New(138003, "A call with %s goes on.", u.Key)
	case !p.granted(now):
		return nil, graph.New(138006, "%s has not let the business call, or no longer does: send an interactive message of type call_permission_request.", u.Key)
	case within(p.called, now, day) >= calledDaily:
		return nil, graph.New(138012, "%s has answered %d calls within 24 hours; the next is allowed at %d.", u.Key, calledDaily, p.called[len(p.called)-calledDaily].Add(day).Unix())
	case going >= maxConcurrent:
		return nil, graph.New(138002, "The number has %d calls at once; %d are allowed.", going, maxConcurrent)
	}
	c := l.begin(u, true)
	c.Offer, c.Answer, c.Opaque = offer, sdp(c.ID, "active"), opaque
	l.wait(c)
	answer := map[string]any{"messaging_product": "whatsapp", "calls": []any{map[string]string{"id": c.ID}}}
	return host.Then{Answer: answer, Do: l.later(c, func() {
		l.connect(c, "answer", c.Answer)
		if !u.Off {
			l.status(c, "RINGING")
		}
	})}, nil
}
