package notice

import (
	"cmp"
	"time"

	"wappasim/fakewa"
)

// accountEvents are what happens to an account, by Meta's page of account_update.
var accountEvents = []string{
	"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED", "ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION",
	"AD_ACCOUNT_LINKED", "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE", "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE",
	"DISABLED_UPDATE", "MM_LITE_TERMS_SIGNED", "PARTNER_ADDED", "PARTNER_APP_INSTALLED", "PARTNER_APP_UNINSTALLED",
	"PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE", "PARTNER_REMOVED", "VOLUME_BASED_PRICING_TIER_UPDATE",
}

// AccountUpdate says that an account was disabled, restricted, shared or deleted. What
// belongs to the event is filled in for the first four of its objects.
type AccountUpdate struct {
	Event        string         `json:"event"` // default DISABLED_UPDATE
	Ban          *Ban           `json:"ban_info,omitempty"`
	Violation    *Violation     `json:"violation_info,omitempty"`
	Restrictions []Restriction  `json:"restriction_info,omitempty"`
	Account      *Account       `json:"waba_info,omitempty"`
	Country      string         `json:"country,omitempty"`
	Rates        map[string]any `json:"auth_international_rate_eligibility,omitempty"`
	Tier         map[string]any `json:"volume_tier_info,omitempty"`
	Certificate  map[string]any `json:"partner_client_certification_info,omitempty"`
	Disconnected map[string]any `json:"disconnection_info,omitempty"`
}

// Ban is since when an account is disabled, or will be.
type Ban struct {
	State string `json:"waba_ban_state"` // DISABLE, REINSTATE or SCHEDULE_FOR_DISABLE; default DISABLE
	Date  string `json:"waba_ban_date"`  // like "April 17, 2025"; default today
}

// Violation is of which policy.
type Violation struct {
	Type string `json:"violation_type"` // such as ADULT or SCAM
}

// Restriction is what an account may not do for a time.
type Restriction struct {
	Type    string `json:"restriction_type"`
	Expires int64  `json:"expiration,omitempty"` // in Unix seconds
}

// Account is an account that is shared with a partner.
type Account struct {
	ID           string   `json:"waba_id"`
	Owner        string   `json:"owner_business_id,omitempty"`
	App          string   `json:"partner_app_id,omitempty"`
	AdAccount    string   `json:"ad_account_linked,omitempty"`
	Solution     string   `json:"solution_id,omitempty"`
	SolutionWith []string `json:"solution_partner_business_ids,omitempty"`
}

func (AccountUpdate) Field() string { return "account_update" }

func (a AccountUpdate) value(s *fakewa.Server) (any, error) {
	a.Event = cmp.Or(a.Event, "DISABLED_UPDATE")
	cfg := s.Config()
	now := cfg.Clock.Now()
	switch a.Event {
	case "DISABLED_UPDATE":
		ban := Ban{}
		if a.Ban != nil {
			ban = *a.Ban
		}
		a.Ban = &Ban{cmp.Or(ban.State, "DISABLE"), cmp.Or(ban.Date, now.UTC().Format("January 2, 2006"))}
		if err := oneOf("waba_ban_state", a.Ban.State, "DISABLE", "REINSTATE", "SCHEDULE_FOR_DISABLE"); err != nil {
			return nil, err
		}
	case "ACCOUNT_VIOLATION":
		a.Violation = cmp.Or(a.Violation, &Violation{"ADULT"})
	case "ACCOUNT_RESTRICTION":
		if a.Restrictions == nil {
			a.Restrictions = []Restriction{{"RESTRICTED_BIZ_INITIATED_MESSAGING", now.Add(7 * 24 * time.Hour).Unix()}}
		}
	case "PARTNER_ADDED", "PARTNER_APP_INSTALLED", "PARTNER_APP_UNINSTALLED", "PARTNER_REMOVED", "AD_ACCOUNT_LINKED", "MM_LITE_TERMS_SIGNED":
		a.Account = cmp.Or(a.Account, &Account{ID: cfg.BusinessID})
	case "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE":
		a.Country = cmp.Or(a.Country, "US")
	}
	return a, oneOf("event", a.Event, accountEvents...)
}

// AccountAlert is news about what an account may do. Its four fields stand in the value
// itself, as most reports have it; a newer page of Meta's has them in alert_info [!].
type AccountAlert struct {
	EntityType  string `json:"entity_type"`    // WABA (default), BUSINESS or PHONE_NUMBER
	EntityID    string `json:"entity_id"`      // default: the account's, or the number's
	Severity    string `json:"alert_severity"` // CRITICAL, WARNING or INFORMATIONAL (default)
	Status      string `json:"alert_status"`   // ACTIVE or NONE (default)
	Type        string `json:"alert_type"`     // default OBA_APPROVED
	Description string `json:"alert_description"`
}

func (AccountAlert) Field() string { return "account_alerts" }

func (a AccountAlert) value(s *fakewa.Server) (any, error) {
	a.EntityType = cmp.Or(a.EntityType, "WABA")
	id := s.Config().BusinessID
	if a.EntityType == "PHONE_NUMBER" {
		id = s.Config().PhoneNumberID
	}
	a.EntityID = cmp.Or(a.EntityID, id)
	a.Severity, a.Status = cmp.Or(a.Severity, "INFORMATIONAL"), cmp.Or(a.Status, "NONE")
	a.Type = cmp.Or(a.Type, "OBA_APPROVED")
	a.Description = cmp.Or(a.Description, "An alert of the type "+a.Type+".")
	return a, cmp.Or(
		oneOf("entity_type", a.EntityType, "WABA", "BUSINESS", "PHONE_NUMBER"),
		oneOf("alert_severity", a.Severity, "CRITICAL", "WARNING", "INFORMATIONAL"),
		oneOf("alert_status", a.Status, "ACTIVE", "NONE"),
	)
}

// AccountReview is the decision about an account.
type AccountReview struct {
	Decision string `json:"decision"` // APPROVED (default), REJECTED, PENDING or DEFERRED
}

func (AccountReview) Field() string { return "account_review_update" }

func (a AccountReview) value(*fakewa.Server) (any, error) {
	a.Decision = cmp.Or(a.Decision, "APPROVED")
	return a, oneOf("decision", a.Decision, "APPROVED", "REJECTED", "PENDING", "DEFERRED")
}

// Capability is how much an account may do from now on.
type Capability struct {
	MaxDaily           string `json:"max_daily_conversations_per_business"` // users outside of a window in 24 hours: TIER_250 to TIER_UNLIMITED; default TIER_2K
	NumbersPerAccount  int    `json:"max_phone_numbers_per_waba,omitempty"` // default 25, but with TIER_250
	NumbersPerBusiness int    `json:"max_phone_numbers_per_business,omitempty"`
}

func (Capability) Field() string { return "business_capability_update" }

func (c Capability) value(*fakewa.Server) (any, error) {
	c.MaxDaily = cmp.Or(c.MaxDaily, "TIER_2K")
	switch {
	case c.NumbersPerAccount != 0 || c.NumbersPerBusiness != 0:
	case c.MaxDaily == "TIER_250":
		c.NumbersPerBusiness = 2
	default:
		c.NumbersPerAccount = 25
	}
	return c, oneOf("max_daily_conversations_per_business", c.MaxDaily, tiers...)
}
