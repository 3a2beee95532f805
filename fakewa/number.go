package fakewa

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// number is the business' phone number.
type number struct {
	registered   bool
	pin          string         // of two-step verification; "": it is off
	changes      []time.Time    // times of registrations and deregistrations in the last 72 hours
	verification string         // VERIFIED, NOT_VERIFIED or EXPIRED
	codeSent     time.Time      // zero: no verification code is valid
	quality      string         // GREEN, YELLOW, RED, NA or UNKNOWN
	profile      map[string]any // of the business, in the form of the API
}

func newNumber() number {
	return number{registered: true, verification: verified, quality: "GREEN", profile: map[string]any{"messaging_product": "whatsapp"}}
}

func (s *Server) numberRoutes(phone string) []route {
	at := "/" + phone
	return []route{
		{"GET " + at, s.getNumber, 0},
		{"POST " + at, s.postNumber, 0},
		{"POST " + at + "/register", s.register, 0},
		{"POST " + at + "/deregister", s.deregister, 0},
		{"POST " + at + "/request_code", s.requestCode, 0},
		{"POST " + at + "/verify_code", s.verifyCode, 0},
		{"GET " + at + "/whatsapp_business_profile", s.getBusinessProfile, 0},
		{"POST " + at + "/whatsapp_business_profile", s.postBusinessProfile, 0},
		{"GET " + at + "/block_users", s.getBlocked, 0},
		{"POST " + at + "/block_users", s.postBlock, 0},
		{"DELETE " + at + "/block_users", s.deleteBlock, 0},
	}
}

// getNumber answers with the business number.
func (s *Server) getNumber(r *http.Request, _ []byte) (any, *graph.Error) {
	return chosen(r, s.numberObject())
}

func (s *Server) numberObject() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := "CONNECTED"
	if !s.number.registered {
		status = "PENDING"
	}
	return map[string]any{
		"id":                       s.cfg.PhoneNumberID,
		"display_phone_number":     s.cfg.DisplayNumber,
		"verified_name":            s.cfg.Name,
		"quality_rating":           s.number.quality,
		"code_verification_status": s.number.verification,
		"platform_type":            "CLOUD_API",
		"throughput":               map[string]string{"level": "STANDARD"},
		"name_status":              "APPROVED",
		"status":                   status,
		"is_pin_enabled":           s.number.pin != "",
		"webhook_configuration":    s.callbacks.object(),
	}
}

// postNumber sets the URL that overrides the webhook for the number, or the PIN
// of two-step verification.
func (s *Server) postNumber(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	f.NotSimulated("connection_status", "new_display_name", "search_visibility", "username", "webhook_url", "whatsapp_business_api_data")
	pin, webhook := "", f.Object("webhook_configuration")
	if f.Has("pin") {
		pin = readPIN(f)
	}
	switch {
	case f.Has("webhook_configuration") && !webhook.Has("override_callback_uri"):
		webhook.Refuse("override_callback_uri", "is missing; it must be a URL, or empty to end the override.")
	case !f.Has("webhook_configuration") && !f.Has("pin"):
		f.Refuse("webhook_configuration", "is missing, and so is pin; one of them is required.")
	}
	callback := s.override(r.Context(), webhook)
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Has("webhook_configuration") {
		s.callbacks.number = callback
	}
	s.number.pin = cmp.Or(pin, s.number.pin)
	return success, nil
}

var sixDigits = regexp.MustCompile(`^[0-9]{6}$`)

// readPIN returns a PIN of two-step verification. A refusal does not name it, since it is
// a secret.
func readPIN(f params.Fields) string {
	pin := f.Need("pin", "a string of six digits")
	if !sixDigits.MatchString(pin) {
		f.Refuse("pin", "has %d characters, or others than digits; it must be six digits.", len(pin))
	}
	return pin
}

// verificationCode returns the code of the SMS or call, which never arrive. The caller
// holds mu.
func (s *Server) verificationCode() string {
	sum := s.bytes(0, "verification code")
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[:4])%1_000_000)
}

// NumberStatus is the state of the business number at Meta, including what the Graph API
// does not tell.
type NumberStatus struct {
	Registered       bool   `json:"registered"`
	PINSet           bool   `json:"pin_set"`                  // two-step verification is on
	VerificationCode string `json:"verification_code"`        // in the SMS or call of request_code
	Verification     string `json:"code_verification_status"` // VERIFIED, NOT_VERIFIED or EXPIRED
	Quality          string `json:"quality_rating"`           // GREEN, YELLOW, RED, NA or UNKNOWN
}

// NumberStatus returns the state of the business number.
func (s *Server) NumberStatus() NumberStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	return NumberStatus{s.number.registered, s.number.pin != "", s.verificationCode(), s.number.verification, s.number.quality}
}

// SetNumberStatus changes what Meta decides about the business number: Verification
// and Quality, where they are not empty. It fails for values that Meta does not know.
func (s *Server) SetNumberStatus(status NumberStatus) error {
	oneOf := func(name, value string, known ...string) error {
		if value == "" || slices.Contains(known, value) {
			return nil
		}
		return fmt.Errorf("fakewa: set the status of the number: %s is %q; want one of %s", name, value, strings.Join(known, ", "))
	}
	if err := cmp.Or(
		oneOf("code_verification_status", status.Verification, verified, "NOT_VERIFIED", "EXPIRED"),
		oneOf("quality_rating", status.Quality, "GREEN", "YELLOW", "RED", "NA", "UNKNOWN"),
	); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number.verification = cmp.Or(status.Verification, s.number.verification)
	s.number.quality = cmp.Or(status.Quality, s.number.quality)
	return nil
}
