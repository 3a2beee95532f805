// Package call is the calls of a business' number. The server of a fake has a [Line] as
// fakewa.Server.Calls; the bot calls through the Graph API, and a test has people call:
//
//	wa.Calls.Enable(true) // or the bot posts to /{phone}/settings
//	id, err := wa.Calls.Dial("+16505551234")
//	if err != nil {
//		return err
//	}
//	if c, _ := wa.Calls.Find(id); c.State == call.Ringing { // the bot has not answered yet
//		err = wa.Calls.HangUp(id)
//	}
//
// The bot gets the webhooks of the field calls: connect, terminate, and the statuses of calls
// of its own. A call that nobody answers ends after 30 to 60 seconds of the fake's clock, a
// time that is drawn from the seed. Permissions to call a user have Meta's limits, and
// [Line.Allow] and [Line.Refuse] answer a request.
//
// Signals are simulated, sound is not: the SDP is any text, which is taken and given and never
// negotiated. Calls over SIP, recordings, voicemail, calling hours and video are refused with 501.
// Sources: Meta's pages of the Calling API, November 2025 to June 2026.
package call

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"wappasim/fakewa/internal/host"
)

// State is how far a call is.
type State string

const (
	Ringing State = "ringing" // nobody has answered
	Live    State = "live"    // it was answered
	Over    State = "over"
)

// Call is one call. SDPs are as they were given; the fake's own are no real ones.
type Call struct {
	ID       string    `json:"id"`       // "wacid.…"
	User     string    `json:"user"`     // "+" and digits, or a business-scoped id
	Outgoing bool      `json:"outgoing"` // the business calls
	State    State     `json:"state"`
	Offer    string    `json:"offer"`  // SDP of the side that calls
	Answer   string    `json:"answer"` // SDP of the other side; "" so far
	Began    time.Time `json:"began"`
	Answered time.Time `json:"answered,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
	Opaque   string    `json:"biz_opaque_callback_data,omitempty"`
}

// Line is the calls of a number. It is safe for concurrent use, and empty again after
// fakewa.Server.Reset.
type Line struct {
	srv host.Server

	mu    sync.Mutex // guards what follows; it is locked before the server is
	era   context.Context
	calls []*Call                // in order; the oldest that are over are dropped
	users map[string]*permission // of those who have asked, were asked or have called
	settings
}

// New is for package fakewa.
func New(srv host.Server) *Line { return &Line{srv: srv} }

// lock locks the line, and empties it if the server was reset.
func (l *Line) lock() (unlock func()) {
	l.mu.Lock()
	if era := l.srv.Era(); era != l.era {
		l.era, l.calls, l.users, l.settings = era, nil, make(map[string]*permission), settings{icon: "DEFAULT"}
	}
	return l.mu.Unlock
}

// All returns all calls, oldest first; of very many, the last ones.
func (l *Line) All() (all []Call) {
	defer l.lock()()
	for _, c := range l.calls {
		all = append(all, *c)
	}
	return all
}

// Find returns the latest call with an id or of a user, given in any form.
func (l *Line) Find(given string) (c Call, found bool) {
	defer l.lock()()
	if found := l.find(given); found != nil {
		return *found, true
	}
	return Call{}, false
}

func (l *Line) find(given string) *Call {
	user := given
	if !strings.HasPrefix(given, "wacid.") {
		user = l.srv.User(given).Key
	}
	for _, c := range slices.Backward(l.calls) {
		if c.ID == given || c.User == user {
			return c
		}
	}
	return nil
}

// going returns the call of a user that is not over, or nil.
func (l *Line) going(user string) *Call {
	if c := l.find(user); c != nil && c.State != Over {
		return c
	}
	return nil
}

// Dial has a user call the business, and returns the id of the call. It fails if calls are
// not enabled, and while another call with the user goes on.
func (l *Line) Dial(user string) (id string, err error) {
	defer l.lock()()
	u := l.srv.User(user)
	switch {
	case !l.enabled:
		return "", fmt.Errorf("call: dial: the number of the business takes no calls: enable them first, as with POST /%s/settings", l.srv.PhoneNumberID)
	case u.Missing:
		return "", fmt.Errorf("call: dial: %s is not on WhatsApp", user)
	case l.going(u.Key) != nil:
		return "", fmt.Errorf("call: dial: a call with %s goes on", user)
	}
	c := l.begin(u, false)
	c.Offer = sdp(c.ID, "actpass")
	l.srv.Heard(u.Key)
	l.connect(c, "offer", c.Offer)
	l.wait(c)
	return c.ID, nil
}

// begin records a call that rings.
func (l *Line) begin(u host.User, outgoing bool) *Call {
	sum := l.srv.Draw("call " + u.Key)
	id := "wacid." + base64.RawURLEncoding.EncodeToString(append([]byte{0x1d, 0x18}, sum[:24]...))
	c := &Call{ID: id, User: u.Key, Outgoing: outgoing, State: Ringing, Began: l.srv.Now()}
	l.calls = append(l.calls, c)
	if len(l.calls) > l.srv.Limit {
		l.drop()
	}
	return c
}

// drop drops the older half of the calls, but for those that go on, and the permissions that
// mean nothing any more.
func (l *Line) drop() {
	half := len(l.calls) / 2
	going := slices.DeleteFunc(slices.Clone(l.calls[:half]), func(c *Call) bool { return c.State == Over })
	l.calls = append(going, l.calls[half:]...)
	now := l.srv.Now()
	maps.DeleteFunc(l.users, func(_ string, p *permission) bool { return p.empty(now) })
}

// How long a call rings before it ends: Meta says about 30 to 60 seconds for a user's call,
// and nothing for those of a business [?].
const (
	shortestRing = 30 * time.Second
	longestRing  = 60 * time.Second
)

// wait ends a call that nobody answers. Two calls that begin at once end at different times.
func (l *Line) wait(c *Call) {
	rings := shortestRing + time.Duration(binary.BigEndian.Uint64(fmt.Append(nil, c.ID)[len(c.ID)-8:])%uint64(longestRing-shortestRing))
	l.srv.After(rings, "call not answered", c.User, func() {
		defer l.lock()()
		if slices.Contains(l.calls, c) && c.State == Ringing {
			l.unanswered(c)
			l.end(c)
		}
	})
}

// PickUp has a user answer the call of the business.
func (l *Line) PickUp(call string) error {
	return l.answer("pick up", call, func(c *Call) {
		c.State, c.Answered = Live, l.srv.Now()
		l.connected(c)
		l.srv.Heard(c.User)
		l.status(c, "ACCEPTED")
	})
}

// Decline has a user refuse the call of the business.
func (l *Line) Decline(call string) error {
	return l.answer("decline", call, func(c *Call) {
		l.status(c, "REJECTED")
		l.unanswered(c)
		l.end(c)
	})
}

func (l *Line) answer(what, call string, do func(*Call)) error {
	defer l.lock()()
	switch c := l.find(call); {
	case c == nil:
		return fmt.Errorf("call: %s: there is no call of or with %q", what, call)
	case !c.Outgoing:
		return fmt.Errorf("call: %s: it was %s who called", what, c.User)
	case c.State != Ringing:
		return fmt.Errorf("call: %s: the call with %s is %s", what, c.User, c.State)
	default:
		do(c)
	}
	return nil
}

// HangUp has a user end a call. The calls of this function and the last two are named by
// their id, or by the user.
func (l *Line) HangUp(call string) error {
	defer l.lock()()
	switch c := l.find(call); {
	case c == nil:
		return fmt.Errorf("call: hang up: there is no call of or with %q", call)
	case c.State == Over:
		return fmt.Errorf("call: hang up: the call with %s is over", c.User)
	case c.Outgoing && c.State == Ringing:
		return fmt.Errorf("call: hang up: %s has not picked up: decline the call instead", c.User)
	default:
		l.end(c)
	}
	return nil
}

// end ends a call.
func (l *Line) end(c *Call) {
	c.State, c.Ended = Over, l.srv.Now()
	l.terminate(c)
	if !c.Outgoing && l.callback {
		l.automatic(c)
	}
}

// sdp is a description of a session that no media stack can use.
func sdp(id, setup string) string {
	return strings.Join([]string{
		"v=0", "o=- " + cmp.Or(id, "0") + " 2 IN IP4 127.0.0.1", "s=fake", "t=0 0",
		"m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=rtpmap:111 opus/48000/2", "a=setup:" + setup, "",
	}, "\r\n")
}
