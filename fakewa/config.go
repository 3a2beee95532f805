package fakewa

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/flow"
	"wappasim/fakewa/internal/wire"
	"wappasim/fakewa/life"
	"wappasim/fakewa/message"
	"wappasim/fakewa/template"
)

// Config sets up a [Server]. The zero Config works. Where Meta's sources disagree, a
// field says which of them the server follows.
type Config struct {
	Webhook     http.Handler `json:"-"`            // where webhooks go, in process, whatever their URL
	WebhookURL  string       `json:"webhook"`      // or where they go over HTTP; with Webhook, the URL it sees. Default with Webhook: http://bot/webhook
	AppSecret   string       `json:"app_secret"`   // signs webhooks; default "secret"
	VerifyToken string       `json:"verify_token"` // of the webhook's handshake; default "verify"

	Token         string    `json:"token"`                // what bots must present; default: any
	TokenExpires  time.Time `json:"token_expires"`        // when the token expires; default: never
	AppID         string    `json:"app_id"`               // default "670843887433847"
	BusinessID    string    `json:"business_id"`          // WhatsApp business account; default "102290129340398"
	PhoneNumberID string    `json:"phone_number_id"`      // default "106540352242922"
	DisplayNumber string    `json:"display_phone_number"` // of the business; default "+1 555-078-3881"
	Name          string    `json:"name"`                 // verified name; default "Fake Business"

	Clock *Clock `json:"-"`     // default ClockFrom(time.Now())
	Seed  uint64 `json:"seed"`  // of the ids: the same seed and calls give the same ids
	Limit int    `json:"limit"` // of messages, of requests, of deliveries and of media that are kept; default 100,000

	// What the API refuses.
	Window         Window        `json:"window"`             // free-form messages outside the 24-hour window
	PairRate       bool          `json:"pair_rate"`          // more than 45 messages to a user at once, and one in 6 s after that (131056)
	Throughput     int           `json:"throughput"`         // messages a second, of both sides; more get 130429; 0: no limit. Meta's is 80
	Recipients     []string      `json:"recipients"`         // the only numbers that the business may write to, in this spelling, as for Meta's test numbers (131030); none: all
	ThrottleStatus int           `json:"throttle_status"`    // HTTP status of rate limits: 400 (default), as Meta documents it, or 429, as many clients expect
	NoTemplate     int           `json:"no_template_status"` // HTTP status of 132001: 404 (default), as Meta documents it, or 400
	Rules          message.Rules `json:"rules"`              // of the send body
	TakeUnknown    bool          `json:"take_unknown"`       // keys that the fake does not know are taken, and listed by the report; default: refused with 100, as Meta does. For bots that are ahead of the fake

	Life life.Settings `json:"life"` // what becomes of templates, and of the business' reach, as people take its messages

	// Who is who.
	UserIDs           UserIDs  `json:"user_ids"`           // names of users in webhooks: numbers, business-scoped user ids, or both (default)
	ParentIDs         bool     `json:"parent_user_ids"`    // and the ids that linked portfolios have
	NoUserIDUpdate    bool     `json:"no_user_id_update"`  // a changed user id is told by a system message only, not in the field user_id_update too; sources disagree on whether it exists
	NoContactBook     bool     `json:"no_contact_book"`    // webhooks have the numbers of users with usernames for 30 days after a message to or from the number; default: from then on
	NotOnWhatsApp     []string `json:"not_on_whatsapp"`    // numbers without WhatsApp: what is sent to them is taken, and fails (131026)
	UnreachableSilent bool     `json:"unreachable_silent"` // what is sent to a number without WhatsApp, or with a user id in "to", gets no status at all; default: it fails (131026)
	BareFailed        bool     `json:"bare_failed"`        // webhooks of failed statuses have no contacts, as Meta's page has it; default: they have, as observed
	WithoutProfile    string   `json:"without_profile"`    // contacts that lack the profile: none (default), those of "statuses", or "all"

	// What webhooks look like, and how they are delivered.
	Version       string        `json:"version"`         // of webhooks; from v24.0 on only statuses in a free entry point have a conversation. Default "v23.0"
	EntryPointAll bool          `json:"entry_point_all"` // 72 hours after an answer to an ad's click, marketing and authentication templates are free too, as Meta's page of prices has it; default: they are billed always
	Escaping      Escaping      `json:"escaping"`        // of their bytes
	Redeliver     time.Duration `json:"redeliver"`       // how long a webhook that was not acknowledged is redelivered, at growing intervals; Meta: 36 hours by one page, 7 days by another. Default: not at all
	Parallel      int           `json:"parallel"`        // webhooks of statuses under way at once, in order for each user; default 1; below 0: all at once, in any order
	Batch         int           `json:"batch"`           // statuses in one webhook if several wait; default 1; Meta's limit is 1000

	MessageStatus    bool       `json:"message_status"`    // answers to all sends have message_status; default: those to templates
	MediaBase64      bool       `json:"media_base64"`      // the sha256 of media is base64, as in webhooks; default hex
	MediaBytes       int64      `json:"media_bytes"`       // of kept media, and as many of uploads in pieces; the oldest are dropped first. Default 256 MiB
	BaseURL          string     `json:"base_url"`          // where bots reach the fake, for the URLs of media in webhooks; those that GET /{media-id} gives are under the host that was called. Default https://lookaside.fbsbx.com, Meta's
	Templates        []Template `json:"-"`                 // that the account has beside hello_world: APPROVED, or of the status that they say
	ApproveTemplates bool       `json:"approve_templates"` // templates are approved when they are created; default: they stay PENDING until SetTemplateStatus

	Flows *flow.Account `json:"-"` // the account's flows, and what people do in them; default: one without flows. It must not be another server's

	// OnRequest is called for each call of a bot, with its result, before the bot gets
	// the answer. The context is that of the call. It may be nil.
	OnRequest func(context.Context, Request) `json:"-"`
}

// Window says what happens to a free-form message outside the 24-hour window: to a user
// who has not written for 24 hours.
type Window string

const (
	WindowFails   Window = ""        // it is accepted, and fails with a status (131047): the default, as most reports have it
	WindowRefuses Window = "refuses" // it is refused with 131047, as Meta's error reference has it
	WindowOff     Window = "off"     // it is sent
)

// UserIDs says how webhooks name a user.
type UserIDs string

const (
	UserIDsAlso UserIDs = "also" // the number and a business-scoped id, as since 2026: the default
	UserIDsNone UserIDs = "none" // the number, as before
	UserIDsOnly UserIDs = "only" // a business-scoped id, as for people with usernames
)

// Escaping says how the bytes of webhooks are written. It matters to bots that check a
// signature against a body that they parsed and encoded again.
type Escaping string

const (
	EscapingMeta Escaping = ""     // ASCII, with \u and lower-case hex, and "\/": the default, as captured
	EscapingHTML Escaping = "html" // and "<", "%" and "@" as \u too, as some reports have it
	EscapingNone Escaping = "none" // UTF-8, unescaped, as simple fakes send it
)

// encode writes a webhook's body.
func (e Escaping) encode(v any) ([]byte, error) {
	body, err := wire.JSON(v)
	switch {
	case err != nil || e == EscapingNone:
		return body, err
	case e == EscapingHTML:
		return wire.Escape(body, "<%@"), nil
	}
	return wire.Escape(body, ""), nil
}

func (c Config) complete() Config {
	c.AppSecret = cmp.Or(c.AppSecret, "secret")
	c.VerifyToken = cmp.Or(c.VerifyToken, "verify")
	c.AppID = cmp.Or(c.AppID, "670843887433847")
	c.BusinessID = cmp.Or(c.BusinessID, "102290129340398")
	c.PhoneNumberID = cmp.Or(c.PhoneNumberID, "106540352242922")
	c.DisplayNumber = cmp.Or(c.DisplayNumber, "+1 555-078-3881")
	c.Name = cmp.Or(c.Name, "Fake Business")
	c.Version = cmp.Or(c.Version, "v23.0")
	c.Limit = cmp.Or(max(c.Limit, 0), 100_000)
	c.UserIDs = cmp.Or(c.UserIDs, UserIDsAlso)
	c.ThrottleStatus = cmp.Or(c.ThrottleStatus, http.StatusBadRequest)
	c.NoTemplate = cmp.Or(c.NoTemplate, http.StatusNotFound)
	c.Rules.TakeUnknown = c.TakeUnknown
	c.Life = c.Life.Complete()
	c.Parallel = cmp.Or(c.Parallel, 1)
	c.Batch = cmp.Or(c.Batch, 1)
	c.BaseURL = strings.TrimSuffix(cmp.Or(c.BaseURL, lookaside), "/")
	c.MediaBytes = cmp.Or(max(c.MediaBytes, 0), 256<<20)
	if c.Webhook != nil {
		c.WebhookURL = cmp.Or(c.WebhookURL, "http://bot/webhook")
	}
	if c.Flows == nil {
		c.Flows = flow.NewAccount()
	}
	if c.Clock == nil {
		c.Clock = ClockFrom(time.Now())
	}
	c.Recipients = slices.Clone(c.Recipients)
	for i, r := range c.Recipients {
		c.Recipients[i] = Number(r)
	}
	return c
}

// maxParallel bounds the webhooks of statuses under way.
const maxParallel = 10_000

// Check returns what is wrong with a Config: an unknown value of a setting, an id that is
// not digits, one id for two things, a template or a flow that Meta would refuse, or a URL
// that cannot be parsed.
func (c Config) Check() error {
	one := func(name string, value any, of ...any) error {
		if slices.Contains(of, value) {
			return nil
		}
		allowed := make([]string, len(of))
		for i := range of {
			allowed[i] = fmt.Sprintf("%#v", of[i])
		}
		return fmt.Errorf("fakewa: %s is %#v; want one of %s", name, value, strings.Join(allowed, ", "))
	}
	c = c.complete()
	for i, t := range c.Templates {
		same := func(other Template) bool { return other.Name == t.Name && other.Language == t.Language }
		switch refused := t.Complete(); {
		case refused != nil:
			return fmt.Errorf("fakewa: Templates[%d], %q: %w", i, t.Name, refused)
		case t.Status != "" && !slices.Contains(template.Statuses, t.Status):
			return fmt.Errorf("fakewa: Templates[%d], %q: the status is %q; want one of %s", i, t.Name, t.Status, strings.Join(template.Statuses, ", "))
		case t.Quality != "" && !slices.Contains(life.Qualities, t.Quality):
			return fmt.Errorf("fakewa: Templates[%d], %q: the quality is %q; want one of %s", i, t.Name, t.Quality, strings.Join(life.Qualities, ", "))
		case slices.ContainsFunc(c.Templates[:i], same) || same(helloWorld):
			return fmt.Errorf("fakewa: Templates[%d], %q: there is already a template of this name in %s", i, t.Name, t.Language)
		}
	}
	id := func(name, value string) error {
		if strings.Trim(value, "0123456789") == "" {
			return nil
		}
		return fmt.Errorf("fakewa: %s is %q; want digits, like \"102290129340398\"", name, value)
	}
	if err := c.Life.Check(); err != nil {
		return fmt.Errorf("fakewa: Life: %w", err)
	}
	switch {
	case c.PhoneNumberID == c.BusinessID:
		return fmt.Errorf("fakewa: PhoneNumberID and BusinessID are both %q; want two different ids", c.BusinessID)
	case c.Redeliver < 0:
		return fmt.Errorf("fakewa: Redeliver is %s; want a time of 0 or more", c.Redeliver)
	case slices.ContainsFunc(c.NotOnWhatsApp, func(n string) bool { return !strings.HasPrefix(Number(n), "+") }):
		return fmt.Errorf("fakewa: NotOnWhatsApp is %q; want phone numbers, like +16505551234", c.NotOnWhatsApp)
	case c.Parallel > maxParallel:
		return fmt.Errorf("fakewa: Parallel is %d; want at most %d, or below 0 for no limit", c.Parallel, maxParallel)
	}
	if err := c.Flows.Check(); err != nil {
		return fmt.Errorf("fakewa: Flows: %w", err)
	}
	return cmp.Or(
		id("AppID", c.AppID),
		id("BusinessID", c.BusinessID),
		id("PhoneNumberID", c.PhoneNumberID),
		one("ThrottleStatus", c.ThrottleStatus, http.StatusBadRequest, http.StatusTooManyRequests),
		one("NoTemplate", c.NoTemplate, http.StatusBadRequest, http.StatusNotFound),
		one("Window", c.Window, WindowFails, WindowRefuses, WindowOff),
		one("UserIDs", c.UserIDs, UserIDsNone, UserIDsAlso, UserIDsOnly),
		one("WithoutProfile", c.WithoutProfile, "", "statuses", "all"),
		one("Escaping", c.Escaping, EscapingMeta, EscapingHTML, EscapingNone),
		checkURL("BaseURL", c.BaseURL),
		checkURL("WebhookURL", c.WebhookURL),
	)
}

func checkURL(name, value string) error {
	if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("fakewa: %s is %q; want a URL like https://example.com", name, value)
	}
	return nil
}

// displayDigits returns the business number in the form of webhooks.
func (c Config) displayDigits() string { return strings.TrimPrefix(Number(c.DisplayNumber), "+") }
