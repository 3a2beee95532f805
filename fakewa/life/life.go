// Package life is what becomes of templates, and of a business' reach, as people take its
// messages: quality, pauses, pacing, the limit of people, caps and opt-outs.
//
//	wa := fakewa.New(fakewa.Config{Webhook: bot, Life: life.Settings{PaceFrom: 100, Tier: "TIER_250"}})
//	defer wa.Close()
//
//	if err := wa.Life.Rate("hello_world", "", "RED"); err != nil {
//		fmt.Println(err)
//	}
//	fmt.Println(wa.Templates()[0].Status)
//
// [Settings] say what happens by itself, on the server's clock. [Control] is what a test has
// Meta and people do. The package has no state: that is the server's.
package life

import "time"

// Control is what a test has Meta and people do to a business. The field Life of a server is
// one. A template is given by its name or id; an empty language means all languages. All of
// them fail for templates and people that the server does not know.
type Control interface {
	// Rate gives a template a quality, one of [Qualities]. The bot gets a webhook of it, if it
	// is another than before. RED pauses a template that can be sent, and what it holds fails
	// (132015); YELLOW flags it; GREEN lets go what is held.
	Rate(template, language, quality string) error

	// Unpause ends a pause, as a business does by hand. Pauses of pacing end in no other way.
	// Afterwards the quality is UNKNOWN. It fails for a template that is not paused.
	Unpause(template, language string) error

	// Report has a user report the business, which counts against the last template that they
	// got in the last 7 days. The bot hears nothing of it.
	Report(user string) error

	// Prefer has a user "stop" or "resume" marketing messages. The bot gets a webhook of
	// user_preferences.
	Prefer(user, choice string) error

	// SetTier sets the limit of the portfolio, one of those of [Settings.Tier]. The bots of its
	// businesses get webhooks, if it is another than before.
	SetTier(tier string) error

	// State returns how things are.
	State() State
}

// State is how templates and limits are.
type State struct {
	Tier      string     `json:"messaging_limit_tier"`
	Users     int        `json:"users"`     // people to whom the portfolio wrote outside of a window in the last 24 hours; not counted without a limit
	Templates []Template `json:"templates"` // oldest first
	Stopped   []string   `json:"stopped"`   // who gets no marketing messages
}

// Template is how a template is.
type Template struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Language string     `json:"language"`
	Status   string     `json:"status"`
	Quality  string     `json:"quality"`
	Pauses   int        `json:"pauses"`                 // so far
	Until    *time.Time `json:"paused_until,omitempty"` // when the pause ends by itself; nil: it does not, or there is none
	Held     int        `json:"held"`                   // messages that wait
}
