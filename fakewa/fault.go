package fakewa

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/event"
	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// Fault makes calls of the bot, or webhooks to it, go wrong. Its first fields say which
// calls meet the fault; zero ones mean all.
type Fault struct {
	Endpoint    string  `json:"endpoint,omitempty"`    // the end of a path: "messages", "media", …; "webhook" for the webhooks that the fake delivers, "flow" for its requests to the endpoints of flows
	User        string  `json:"user,omitempty"`        // to or from whom a message is, in any form
	Type        string  `json:"type,omitempty"`        // of a message: "text", "image", …; of a webhook also "status"
	Every       int     `json:"every,omitempty"`       // only each n-th of those calls
	Probability float64 `json:"probability,omitempty"` // with which each of those calls meets it, drawn from the seed; 0: always
	Times       int     `json:"times,omitempty"`       // how many calls meet it; 0: all until it is removed

	Delay     time.Duration `json:"delay,omitempty"`     // before the call is processed; later webhooks overtake a delayed one
	Code      int           `json:"code,omitempty"`      // refuses the call with this code of Meta's, or with a bare HTTP status: 429, 500, 502, 503 or 504; 0: does not refuse
	Silent    bool          `json:"silent,omitempty"`    // the call is neither processed nor answered
	Lost      bool          `json:"lost,omitempty"`      // the call is processed, and the connection breaks before the answer
	Fails     int           `json:"fails,omitempty"`     // the message is accepted and then fails: a status "failed" with this code of Meta's
	Duplicate bool          `json:"duplicate,omitempty"` // the call is processed twice, as if a proxy repeated it; a webhook is delivered twice

	WrongKey       bool `json:"wrong_key,omitempty"`       // the request to the endpoint of a flow is encrypted for another public key than the business'
	WrongSignature bool `json:"wrong_signature,omitempty"` // the request to the endpoint of a flow is signed with another app secret

	ID  int `json:"id"`  // set by Inject
	Met int `json:"met"` // how many calls have met it; set by the server

	seen int
}

// ofFault returns the error of a call or a message that meets a fault.
func ofFault(code int) *graph.Error {
	e := graph.New(code, "A fault of the test.")
	e.Injected = true
	return e
}

// any tells whether the handler of the call has to know the fault.
func (f Fault) any() bool { return f.Fails != 0 }

// Check returns what is wrong with a fault, if anything is.
func (f Fault) Check() error {
	switch {
	case f.Every < 0 || f.Times < 0 || f.Delay < 0:
		return fmt.Errorf("fakewa: fault: every, times or delay is negative: want 0 or more")
	case f.Probability < 0 || f.Probability > 1:
		return fmt.Errorf("fakewa: fault: probability is %v: want a number from 0 to 1", f.Probability)
	case f.Delay == 0 && f.Code == 0 && !f.Silent && !f.Lost && f.Fails == 0 && !f.Duplicate && !f.WrongKey && !f.WrongSignature:
		return fmt.Errorf("fakewa: fault: it does nothing: want one of delay, code, silent, lost, fails, duplicate, or of a flow wrong_key, wrong_signature")
	case f.toBot() && (f.Code != 0 || f.Silent || f.Fails != 0):
		return fmt.Errorf("fakewa: fault: a %s can have a delay, lost or duplicate; everything else is up to the bot's answer", f.Endpoint)
	case f.Endpoint != "flow" && (f.WrongKey || f.WrongSignature):
		return fmt.Errorf(`fakewa: fault: wrong_key and wrong_signature are for the endpoint "flow", not %q`, f.Endpoint)
	case !slices.Contains(endpoints, f.Endpoint):
		return fmt.Errorf("fakewa: fault: endpoint is %q; want one of %q", f.Endpoint, endpoints)
	case f.Code != 0 && graph.Title(f.Code) == "" && bare[f.Code] == 0:
		return fmt.Errorf("fakewa: fault: code is %d, which is neither a code of Meta's error reference nor one of the statuses 429, 500, 502, 503 and 504", f.Code)
	case f.User != "" && CheckUser(f.User) != nil:
		return fmt.Errorf("fakewa: fault: user: %w", CheckUser(f.User))
	case f.Fails != 0 && graph.Title(f.Fails) == "":
		return fmt.Errorf("fakewa: fault: fails is %d, which is no code of Meta's error reference", f.Fails)
	}
	return nil
}

// endpoints are the values of Fault.Endpoint.
var endpoints = []string{
	"", "webhook", "flow", "messages", "media", "attachments/", "message_templates", "whatsapp_business_profile", "block_users",
	"register", "deregister", "request_code", "verify_code", "phone_numbers", "subscribed_apps", "uploads",
	"flows", "assets", "publish", "deprecate", "whatsapp_business_encryption",
}

// bare are the HTTP statuses that a gateway answers, with the code of Meta's that goes
// with each.
var bare = map[int]int{429: 130429, 500: 131000, 502: 131016, 503: 131016, 504: 131016}

// Inject makes the coming calls meet a fault, until [Server.RemoveFault] removes it by
// the id that Inject returns, or it has met as many calls as it says. Of several faults
// a call meets the oldest one that is for it.
func (s *Server) Inject(f Fault) (id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.injected++
	f.ID = s.injected
	if f.User != "" {
		f.User = s.user(f.User)
	}
	s.faults = append(s.faults, &f)
	s.noteFault(event.FaultInjected, f.User, f)
	return f.ID
}

// Faults returns the active faults, oldest first; Times is how many calls are left.
func (s *Server) Faults() (faults []Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		faults = append(faults, *f)
	}
	return faults
}

// RemoveFault removes a fault by its id, and tells whether it was there.
func (s *Server) RemoveFault(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f *Fault) bool { return f.ID == id })
	if i < 0 {
		return false
	}
	s.noteFault(event.FaultRemoved, s.faults[i].User, *s.faults[i])
	s.faults = slices.Delete(s.faults, i, i+1)
	return true
}

// target is what decides whether a call or webhook meets a fault.
type target struct{ endpoint, user, typ string }

// next returns the fault that a call meets, and counts it. The caller holds mu.
func (s *Server) next(t target) (met Fault) {
	for _, f := range s.faults {
		if !f.meets(t) {
			continue
		}
		if f.seen++; f.Every > 1 && f.seen%f.Every != 0 {
			continue
		}
		if f.Probability > 0 {
			sum := s.bytes(f.seen, fmt.Sprint("fault ", f.ID))
			if float64(binary.BigEndian.Uint64(sum[:8])>>11)/(1<<53) >= f.Probability {
				continue
			}
		}
		f.Met++
		met = *f
		s.noteFault(event.FaultMet, t.user, met)
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = slices.DeleteFunc(s.faults, func(other *Fault) bool { return other == f })
				s.noteFault(event.FaultRemoved, f.User, *f)
			}
		}
		return met
	}
	return met
}

// toBot tells whether the fault is for what the fake sends to the bot.
func (f *Fault) toBot() bool { return f.Endpoint == "webhook" || f.Endpoint == "flow" }

func (f *Fault) meets(t target) bool {
	if toBot := t.endpoint == "webhook" || t.endpoint == "flow"; f.toBot() != toBot || toBot && f.Endpoint != t.endpoint || f.Fails != 0 && t.typ == "" {
		return false
	}
	return (f.Endpoint == "" || strings.HasSuffix(t.endpoint, f.Endpoint)) &&
		(f.User == "" || f.User == t.user) && (f.Type == "" || f.Type == t.typ)
}

// targetOf returns the target of a call. The caller holds mu.
func (s *Server) targetOf(r *http.Request, body []byte) target {
	t := target{endpoint: r.URL.Path}
	var m struct{ To, Recipient, Type string }
	if values, ok, _ := params.Form(r.Header.Get("Content-Type"), body); ok {
		m.To, m.Recipient, m.Type = values.Get("to"), values.Get("recipient"), values.Get("type")
	} else if json.Unmarshal(body, &m) != nil {
		return t
	}
	switch {
	case m.To != "":
		t.user = Number(m.To)
	case m.Recipient != "":
		t.user = s.user(m.Recipient)
	default:
		return t
	}
	t.typ = cmp.Or(m.Type, "text")
	return t
}

// meet applies the next fault to a call and returns it, with the refusal if it makes
// one.
func (s *Server) meet(r *http.Request, body []byte) (f Fault, refused *graph.Error) {
	leave := s.clock.enter() // before the fault is met, so that its delay is counted from now
	s.mu.Lock()
	if len(s.faults) > 0 {
		f = s.next(s.targetOf(r, body))
	}
	s.mu.Unlock()
	s.hold(r, f.Delay)
	leave()
	if f.Silent {
		select {
		case <-r.Context().Done():
		case <-s.closing.Done():
		}
		f.Lost = true
		return f, nil
	}
	if f.Code == 0 {
		return f, nil
	}
	if code := bare[f.Code]; code != 0 {
		refused = ofFault(code)
		refused.Status = f.Code
		return f, refused
	}
	return f, ofFault(f.Code)
}

// hold waits for a time, or until nobody waits for the answer any more. The caller has
// entered the clock.
func (s *Server) hold(r *http.Request, d time.Duration) {
	if d == 0 {
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	_ = s.clock.sleep(ctx, d, event.Due{What: "call", Text: r.Method + " " + r.URL.Path})
}

// meetWebhook returns the fault that a webhook meets.
func (s *Server) meetWebhook(hook Webhook) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 {
		return Fault{}
	}
	t := target{"webhook", hook.user, "status"}
	if len(hook.IDs) > 0 {
		if m := s.byID[hook.IDs[0]]; m != nil {
			t.user, t.typ = m.User, m.Type
		}
	}
	return s.next(t)
}
