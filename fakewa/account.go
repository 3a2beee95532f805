package fakewa

import (
	"fmt"
	"net/http"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// accountRoutes are the calls under the WhatsApp business account.
func (s *Server) accountRoutes(account string) []route {
	at := "/" + account
	return []route{
		{"GET " + at, s.getAccount, 0},
		{"GET " + at + "/phone_numbers", s.getNumbers, 0},
		{"GET " + at + "/subscribed_apps", s.getSubscribed, 0},
		{"POST " + at + "/subscribed_apps", s.subscribe, 0},
		{"DELETE " + at + "/subscribed_apps", s.unsubscribe, 0},
	}
}

// getAccount answers with the WhatsApp business account.
func (s *Server) getAccount(r *http.Request, _ []byte) (any, *graph.Error) {
	s.mu.Lock()
	n := s.bytes(0, "namespace")
	tier, _ := s.portfolio.Tier(s.clock.Now())
	more := rest{
		"creation_time":                             s.number.since.Unix(),
		"health_status":                             s.health(false),
		"is_enabled_for_insights":                   true,
		"owner_business_info":                       map[string]string{"name": s.cfg.Name, "id": s.portfolioID()},
		"status":                                    "ACTIVE",
		"marketing_messages_lite_api_status":        "INELIGIBLE",
		"whatsapp_business_manager_messaging_limit": tier,

		"on_behalf_of_business_info": empty, "primary_business_location": empty, "purchase_order_number": empty,

		"analytics": nil, "audiences": nil, "auth_international_rate_eligibility": nil, "conversation_analytics": nil,
		"dcc_config": nil, "linked_commerce_account": nil, "message_templates": nil, "owner_business": nil,
		"phone_numbers": nil, "pricing_analytics": nil, "primary_funding_id": nil, "schedules": nil,
		"subscribed_apps": nil, "template_analytics": nil,
	}
	s.mu.Unlock()
	return chosen(r, "WhatsAppBusinessAccount", map[string]any{
		"id":                           s.cfg.BusinessID,
		"name":                         s.cfg.Name,
		"timezone_id":                  "1",
		"message_template_namespace":   fmt.Sprintf("%x_%x_%x_%x_%x", n[:4], n[4:6], n[6:8], n[8:10], n[10:16]),
		"currency":                     "USD",
		"country":                      "US",
		"ownership_type":               "SELF_OWNED",
		"account_review_status":        "APPROVED",
		"business_verification_status": "VERIFIED",
	}, more)
}

// portfolioID returns the id of the business portfolio that owns the account. The caller
// holds mu.
func (s *Server) portfolioID() string {
	if shared := s.cfg.Life.Portfolio; shared != "" {
		return digits(s.bytes(0, "portfolio named "+shared))
	}
	return digits(s.bytes(0, "portfolio of "+s.cfg.BusinessID))
}

// getNumbers lists the one number of the account.
func (s *Server) getNumbers(r *http.Request, _ []byte) (any, *graph.Error) {
	number, refused := chosen(r, "WhatsAppBusinessPhoneNumber", s.numberObject(), s.moreOfNumber())
	if refused != nil {
		return nil, refused
	}
	return params.Page(r, []params.Entry{{Key: s.cfg.PhoneNumberID, Object: number}})
}
