package fakewa

import (
	"net/http"
	"regexp"
	"slices"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

const (
	verified    = "VERIFIED"
	codeTime    = 10 * time.Minute // that a verification code is valid
	maxChanges  = 10               // registrations and deregistrations in changesTime
	changesTime = 72 * time.Hour
)

// register registers the number with a PIN, which is set if there was none.
func (s *Server) register(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	f.NotSimulated("backup", "tier", "data_localization_region", "meta_store_retention_minutes")
	f.Product()
	pin := readPIN(f)
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused := s.change(); refused != nil {
		return nil, refused
	}
	switch n := &s.number; {
	case n.verification != verified:
		return nil, graph.New(133006, "%s is %s: POST /%s/request_code and then /verify_code first.", s.cfg.DisplayNumber, n.verification, s.cfg.PhoneNumberID)
	case n.pin != "" && n.pin != pin:
		return nil, graph.New(133005, "pin is not the one that two-step verification was turned on with.")
	default:
		n.registered, n.pin = true, pin
	}
	return success, nil
}

// deregister removes the number from WhatsApp. Its PIN stays.
func (s *Server) deregister(*http.Request, []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused := s.change(); refused != nil {
		return nil, refused
	}
	if !s.number.registered {
		return nil, graph.New(133010, "%s is already deregistered.", s.cfg.DisplayNumber)
	}
	s.number.registered = false
	return success, nil
}

// change counts an attempt to register or deregister, and returns the limit that it
// exceeds. The caller holds mu.
func (s *Server) change() *graph.Error {
	now, n := s.clock.Now(), &s.number
	n.changes = slices.DeleteFunc(n.changes, func(at time.Time) bool { return now.Sub(at) >= changesTime })
	if len(n.changes) >= maxChanges {
		next := n.changes[0].Add(changesTime).Sub(now)
		return graph.New(133016, "There were %d calls to register or deregister %s in the last 72 hours; the next is taken in %s.", maxChanges, s.cfg.DisplayNumber, next.Round(time.Second))
	}
	n.changes = append(n.changes, now)
	return nil
}

var language = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)

// requestCode makes the verification code valid for ten minutes. No SMS is sent:
// NumberStatus has the code.
func (s *Server) requestCode(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	f.OneOf("code_method", "SMS", "VOICE")
	const want = "a language like en_US"
	if code := f.Need("language", want); !language.MatchString(code) {
		f.Refuse("language", "is %.60q; it must be %s.", code, want)
	}
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number.codeSent = s.clock.Now()
	return success, nil
}

// verifyCode accepts a verification code, once.
func (s *Server) verifyCode(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	code := f.Need("code", "the six digits of the verification code")
	s.mu.Lock()
	defer s.mu.Unlock()
	switch sent := s.number.codeSent; {
	case sent.IsZero():
		f.Refuse("code", "was not sent: POST /%s/request_code first.", s.cfg.PhoneNumberID)
	case s.clock.Now().Sub(sent) > codeTime:
		f.Refuse("code", "was sent more than 10 minutes ago: POST /%s/request_code again.", s.cfg.PhoneNumberID)
	case code != s.verificationCode():
		f.Refuse("code", "is %.60q, which is not the one that was sent.", code)
	}
	if f.Refused() == nil {
		s.number.verification, s.number.codeSent = verified, time.Time{}
		return success, nil
	}
	return nil, f.Refused()
}
