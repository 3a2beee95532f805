package notice

import (
	"cmp"

	"wappasim/fakewa"
)

// tiers are the limits of users whom a business may write to outside of a window in 24
// hours.
var tiers = []string{"TIER_50", "TIER_250", "TIER_1K", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED", "TIER_NOT_SET"}

// NumberQuality is a change of what the number may send.
type NumberQuality struct {
	DisplayNumber string `json:"display_phone_number"`                 // default: that of the business
	Event         string `json:"event"`                                // ONBOARDING, UPGRADE, DOWNGRADE, FLAGGED, UNFLAGGED or THROUGHPUT_UPGRADE (default)
	MaxDaily      string `json:"max_daily_conversations_per_business"` // default TIER_UNLIMITED
	CurrentLimit  string `json:"current_limit,omitempty"`              // until February 2026
	OldLimit      string `json:"old_limit,omitempty"`                  // until February 2026
}

func (NumberQuality) Field() string { return "phone_number_quality_update" }

func (q NumberQuality) value(s *fakewa.Server) (any, error) {
	q.DisplayNumber = cmp.Or(q.DisplayNumber, displayNumber(s))
	q.Event, q.MaxDaily = cmp.Or(q.Event, "THROUGHPUT_UPGRADE"), cmp.Or(q.MaxDaily, "TIER_UNLIMITED")
	return q, cmp.Or(
		oneOf("event", q.Event, "ONBOARDING", "UPGRADE", "DOWNGRADE", "FLAGGED", "UNFLAGGED", "THROUGHPUT_UPGRADE"),
		oneOf("max_daily_conversations_per_business", q.MaxDaily, tiers...),
	)
}

// NumberName is the decision about the name that users see.
type NumberName struct {
	DisplayNumber string  `json:"display_phone_number"`    // default: that of the business
	Decision      string  `json:"decision"`                // APPROVED (default), DEFERRED, PENDING or REJECTED
	Name          string  `json:"requested_verified_name"` // default: that of the business
	Reason        *string `json:"rejection_reason"`        // null unless REJECTED; then by default NAME_FORMAT_UNACCEPTABLE
}

func (NumberName) Field() string { return "phone_number_name_update" }

func (n NumberName) value(s *fakewa.Server) (any, error) {
	n.DisplayNumber = cmp.Or(n.DisplayNumber, displayNumber(s))
	n.Decision, n.Name = cmp.Or(n.Decision, "APPROVED"), cmp.Or(n.Name, s.Config().Name)
	if n.Decision == "REJECTED" {
		usual := "NAME_FORMAT_UNACCEPTABLE"
		n.Reason = cmp.Or(n.Reason, &usual)
	}
	return n, oneOf("decision", n.Decision, "APPROVED", "DEFERRED", "PENDING", "REJECTED")
}

// Security is a change of the number's two-step verification.
type Security struct {
	DisplayNumber string `json:"display_phone_number"` // default: that of the business
	Event         string `json:"event"`                // PIN_CHANGED (default), PIN_RESET_REQUEST or PIN_RESET_SUCCESS
	Requester     string `json:"requester,omitempty"`  // the id of who did it
}

func (Security) Field() string { return "security" }

func (c Security) value(s *fakewa.Server) (any, error) {
	c.DisplayNumber, c.Event = cmp.Or(c.DisplayNumber, displayNumber(s)), cmp.Or(c.Event, "PIN_CHANGED")
	return c, oneOf("event", c.Event, "PIN_CHANGED", "PIN_RESET_REQUEST", "PIN_RESET_SUCCESS")
}
