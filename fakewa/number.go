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

	"wappasim/fakewa/call"
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
	since        time.Time      // when the number was onboarded, with its account
}

func newNumber(since time.Time) number {
	profile := map[string]any{"messaging_product": "whatsapp", "vertical": noVertical}
	return number{registered: true, verification: verified, quality: "GREEN", profile: profile, since: since}
}

func (s *Server) numberRoutes(phone string) []route {
	at := "/" + phone
	routes := []route{
		{"GET " + at + "/groups", s.Groups.Serve, 0},
		{"POST " + at + "/groups", s.Groups.Serve, 0},
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
	for _, edge := range call.Edges {
		method, edge, _ := strings.Cut(edge, " ")
		routes = append(routes, route{method + " " + at + "/" + edge, s.Calls.Serve, 0})
	}
	return routes
}

// getNumber answers with the business number.
func (s *Server) getNumber(r *http.Request, _ []byte) (any, *graph.Error) {
	return chosen(r, "WhatsAppBusinessPhoneNumber", s.numberObject(), s.moreOfNumber())
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

// moreOfNumber is the rest of the fields of the number. Those without a value are what a
// business has not asked for.
func (s *Server) moreOfNumber() rest {
	s.mu.Lock()
	defer s.mu.Unlock()
	tier, _ := s.portfolio.Tier(s.clock.Now())
	mode := "LIVE"
	if len(s.cfg.Recipients) > 0 { // as test numbers have
		mode = "SANDBOX"
	}
	return rest{
		"account_mode":                              mode,
		"health_status":                             s.health(true),
		"host_platform":                             "CLOUD_API",
		"is_official_business_account":              false,
		"is_on_biz_app":                             false,
		"is_preverified_number":                     false,
		"last_onboarded_time":                       s.number.since.UTC().Format("2006-01-02T15:04:05+0000"),
		"messaging_limit_tier":                      tier,
		"quality_score":                             map[string]string{"score": s.number.quality},
		"search_visibility":                         "VISIBLE",
		"unified_cert_status":                       "APPROVED",
		"whatsapp_business_manager_messaging_limit": tier,

		"certificate": empty, "new_certificate": empty, "new_display_name": empty, "new_name_status": empty,
		"conversational_automation": empty, "username": empty,

		"country_code": nil, "country_dial_code": nil, "eligibility_for_api_business_global_search": nil,
		"official_business_account": nil, "is_calling_enabled": nil, "settings": nil, "whatsapp_commerce_settings": nil,
	}
}

// health tells whether a message can be sent, by what may be in its way. The caller holds mu.
func (s *Server) health(withNumber bool) map[string]any {
	const can = "AVAILABLE"
	all, overall := []any{}, can
	if withNumber {
		entity := map[string]any{"entity_type": "PHONE_NUMBER", "id": s.cfg.PhoneNumberID, "can_send_message": can}
		if !s.number.registered { // the code and the words are the fake's [?]
			overall = "BLOCKED"
			entity["can_send_message"] = overall
			entity["errors"] = []any{map[string]any{
				"error_code": 133010, "error_description": "The number is not registered.", "possible_solution": "Register it.",
			}}
		}
		all = append(all, entity)
	}
	for _, e := range [][2]string{{"WABA", s.cfg.BusinessID}, {"BUSINESS", s.portfolioID()}, {"APP", s.cfg.AppID}} {
		all = append(all, map[string]any{"entity_type": e[0], "id": e[1], "can_send_message": can})
	}
	return map[string]any{"can_send_message": overall, "entities": all}
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
