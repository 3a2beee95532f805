package life

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Settings say what Meta does by itself. The zero Settings are what a bot meets anyhow: a
// template that gets the quality RED is paused, and who stopped marketing messages gets none.
// Everything else is off. Meta publishes few of these numbers, so that they are settings.
type Settings struct {
	// Quality, by what people do with the messages of a template.
	RateFrom int     `json:"rate_from"` // messages that must have arrived before a template is rated; 0: only a test rates it (default)
	YellowAt float64 `json:"yellow_at"` // share of them, 0 to 1, after which people blocked or reported the business or stopped marketing, from which on it is YELLOW; default 0.05
	RedAt    float64 `json:"red_at"`    // and from which on it is RED; default 0.1
	UnreadAt float64 `json:"unread_at"` // share of those older than a day that nobody read, from which on the quality is one step worse, as soon as the next message arrives; 0: it does not count (default)

	// Pauses of a template that gets the quality RED.
	NoPauses     bool            `json:"no_pauses"`     // it goes on
	Pauses       []time.Duration `json:"pauses"`        // how long the first pause lasts, the second, …; after the last the template is DISABLED. Default 3 h, 6 h
	UnpauseEvent string          `json:"unpause_event"` // of the webhook at the end of a pause: APPROVED (default), as a provider reports it, or REINSTATED, which Meta's page has for flagged and disabled templates

	// Pacing of marketing templates whose quality is not GREEN, and of utility templates within
	// 7 days after one was paused.
	PaceFrom int           `json:"pace_from"` // messages that go out before the next ones are held; 0: none is held (default)
	PaceHold time.Duration `json:"pace_hold"` // after which they go out if people took the first ones well; default 1 h

	// The limit of people whom a business may write to outside of an open window in 24 hours.
	Tier        string `json:"tier"`         // TIER_250, TIER_2K, TIER_10K, TIER_100K, or the older TIER_50 and TIER_1K; default TIER_UNLIMITED
	TierUsers   int    `json:"tier_users"`   // people, if a test wants others than Tier has
	TierRefuses bool   `json:"tier_refuses"` // a message beyond it is refused (131048); default: it is taken, and fails with it. Meta documents neither
	Portfolio   string `json:"portfolio"`    // businesses of a platform with the same one share the limit, and a Reset of one begins its count anew; default: each has its own

	// Marketing templates to one person, outside of an open window.
	Cap         int           `json:"marketing_cap"`      // which the person gets from this business in CapTime; more fail (131049). 0: no cap (default)
	CapTime     time.Duration `json:"marketing_cap_time"` // default 24 h
	IgnoreStops bool          `json:"ignore_stops"`       // also in reach of who stopped marketing messages; default: they fail (131050)
}

// Qualities are the values of a template's quality. UNKNOWN is that of a new one.
var Qualities = []string{"GREEN", "YELLOW", "RED", "UNKNOWN"}

const unlimited = "TIER_UNLIMITED"

var tiers = map[string]int{"TIER_50": 50, "TIER_250": 250, "TIER_1K": 1000, "TIER_2K": 2000, "TIER_10K": 10_000, "TIER_100K": 100_000, unlimited: 0}

// Users returns how many people a tier allows; 0: all. It fails for a tier that Meta does not
// have.
func Users(tier string) (n int, err error) {
	n, ok := tiers[tier]
	if !ok {
		return 0, fmt.Errorf("the tier is %q; want one of %s", tier, strings.Join(slices.Sorted(maps.Keys(tiers)), ", "))
	}
	return n, nil
}

// Complete fills in the defaults.
func (s Settings) Complete() Settings {
	s.YellowAt, s.RedAt = cmp.Or(s.YellowAt, 0.05), cmp.Or(s.RedAt, 0.1)
	if s.Pauses = slices.Clone(s.Pauses); len(s.Pauses) == 0 {
		s.Pauses = []time.Duration{3 * time.Hour, 6 * time.Hour}
	}
	s.UnpauseEvent = cmp.Or(s.UnpauseEvent, "APPROVED")
	s.PaceHold = cmp.Or(s.PaceHold, time.Hour)
	s.Tier = cmp.Or(s.Tier, unlimited)
	s.CapTime = cmp.Or(s.CapTime, 24*time.Hour)
	return s
}

// Check returns what is wrong with the settings: a number below 0, a share that is none, a
// tier or an event that Meta does not have.
func (s Settings) Check() error {
	s = s.Complete()
	counts := map[string]int{"RateFrom": s.RateFrom, "PaceFrom": s.PaceFrom, "TierUsers": s.TierUsers, "Cap": s.Cap}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] < 0 {
			return fmt.Errorf("%s is %d; want 0 or more", name, counts[name])
		}
	}
	shares := map[string]float64{"YellowAt": s.YellowAt, "RedAt": s.RedAt, "UnreadAt": s.UnreadAt}
	for _, name := range slices.Sorted(maps.Keys(shares)) {
		if share := shares[name]; !(share >= 0 && share <= 1) {
			return fmt.Errorf("%s is %g; want a share from 0 to 1", name, share)
		}
	}
	for _, d := range append(slices.Clone(s.Pauses), s.PaceHold, s.CapTime) {
		if d <= 0 {
			return fmt.Errorf("%s is one of Pauses, PaceHold and CapTime; want a time above 0", d)
		}
	}
	if s.YellowAt > s.RedAt {
		return fmt.Errorf("YellowAt is %g and RedAt is %g; want RedAt to be the larger one", s.YellowAt, s.RedAt)
	}
	if s.UnpauseEvent != "APPROVED" && s.UnpauseEvent != "REINSTATED" {
		return fmt.Errorf("UnpauseEvent is %q; want APPROVED or REINSTATED", s.UnpauseEvent)
	}
	if _, err := Users(s.Tier); err != nil {
		return fmt.Errorf("the limit of people: %w", err)
	}
	return nil
}
