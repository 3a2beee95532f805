package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa"
)

// flags returns the flags that set s, and sets the defaults of s.
func (s *settings) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("fakewa", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are for the caller to print
	flags.StringVar(&s.addr, "addr", "127.0.0.1:4004", "the `address` to listen on; port 0 picks one")
	flags.BoolVar(&s.tls, "tls", false, "speak HTTPS on that address")
	flags.StringVar(&s.proxy, "proxy", "", "the `address` of a proxy for HTTPS_PROXY, which answers for graph.facebook.com (default no proxy)")
	flags.StringVar(&s.caDir, "ca-dir", "", "the `folder` of the certificate authority (default fakewa in the user's cache folder)")
	flags.StringVar(&s.file, "config", "", "a YAML `file` with these settings, by their names; flags win over it")
	flags.Func("host", "a further `name` of this machine, under which tests call /_fakewa/, like that of a container; can be repeated (default localhost and the addresses that it listens on)", func(name string) error {
		if name == "" || strings.ContainsAny(name, "/ *") || strings.Count(name, ":") == 1 {
			return errors.New("want a name or an address without a port, like fakewa")
		}
		s.hosts = append(s.hosts, name)
		return nil
	})
	flags.Var(moment{&s.start}, "start", "a `time` at which the clock stands still until it is moved, like 2026-01-05T09:00:00Z; without it the clock runs")
	s.fake.WebhookURL = "http://127.0.0.1:8000/webhook"
	s.fake = fakewa.New(s.fake).Config()
	s.fake.Parallel, s.fake.Redeliver = 32, 36*time.Hour
	businessFlags(flags, &s.fake)
	return flags
}

// businessFlags adds the flags of a business. Their defaults are its present values.
func businessFlags(flags *flag.FlagSet, c *fakewa.Config) {
	text := func(into *string, name, usage string) { flags.StringVar(into, name, *into, usage) }
	number := func(into *int, name, usage string) { flags.IntVar(into, name, *into, usage) }
	onOff := func(into *bool, name, usage string) { flags.BoolVar(into, name, *into, usage) }
	text(&c.WebhookURL, "webhook", "the bot's webhook `URL`")
	text(&c.AppSecret, "app-secret", "the app `secret` that signs webhooks")
	text(&c.VerifyToken, "verify-token", "the `token` of the webhook's handshake")
	text(&c.Token, "token", "the access `token` that the bot must present (default any)")
	flags.Var(moment{&c.TokenExpires}, "token-expires", "the `time` at which the token expires, like 2026-01-05T09:00:00Z (default never)")
	text(&c.AppID, "app-id", "the `id` of the app")
	text(&c.BusinessID, "waba-id", "the `id` of the WhatsApp business account")
	text(&c.PhoneNumberID, "phone-id", "the `id` of the business number")
	text(&c.DisplayNumber, "display-number", "the business `number`")
	text(&c.Name, "name", "the verified `name` of the business")
	flags.StringVar(&c.BaseURL, "base-url", "", "the `URL` under which bots reach this server, for media in webhooks; without it, that of -addr, and with -proxy that of Meta")
	flags.Uint64Var(&c.Seed, "seed", c.Seed, "the `seed` of ids: the same seed and calls give the same ids; 0 is a random one")
	number(&c.Limit, "limit", "the `number` of messages, of requests and of delivery attempts that are kept")

	flags.Var(choice[fakewa.Window]{&c.Window, map[string]fakewa.Window{"fails": fakewa.WindowFails, "refuses": fakewa.WindowRefuses, "off": fakewa.WindowOff}},
		"window", "what a free-form message outside the 24-hour window does: a `word`, which is fails (with a status), refuses or off")
	onOff(&c.PairRate, "pair-rate", "limit messages to a user: 45 at once, then one in 6 s (131056)")
	number(&c.Throughput, "throughput", "the `number` of messages that may be sent in a second (130429); Meta's limit is 80 (default no limit)")
	flags.Func("recipient", "a `number` to which the business may write; can be repeated (default all)", func(n string) error {
		c.Recipients = append(c.Recipients, n)
		return nil
	})
	number(&c.ThrottleStatus, "throttle-status", "HTTP `status` of rate limits: 400, or 429 as many clients expect")
	number(&c.NoTemplate, "no-template-status", "HTTP `status` of error 132001: 404 or 400")
	number(&c.Rules.ListBody, "list-body", "the `number` of characters that the body of a list may have (default 4096)")
	number(&c.Rules.Contacts, "contacts", "the `number` of contacts that a message may have (default 257)")
	onOff(&c.Rules.CodePoints, "code-points", "count the characters of messages in code points, of which an emoji has one, and not in UTF-16 units, of which it has two")
	onOff(&c.TakeUnknown, "take-unknown", "take keys that the fake does not know, and list them in the report, instead of refusing them as Meta does (100)")
	onOff(&c.ApproveTemplates, "approve-templates", "templates are approved when they are created")

	lifeFlags(flags, &c.Life)

	text(&c.Version, "webhook-version", "the API `version` of webhooks; from v24.0 on only statuses in a free entry point have a conversation")
	onOff(&c.EntryPointAll, "entry-point-all", "free entry points are for marketing and authentication templates too")
	c.UserIDs = cmp.Or(c.UserIDs, fakewa.UserIDsAlso)
	flags.Var(choice[fakewa.UserIDs]{&c.UserIDs, map[string]fakewa.UserIDs{"none": fakewa.UserIDsNone, "also": fakewa.UserIDsAlso, "only": fakewa.UserIDsOnly}},
		"user-ids", "which business-scoped user ids webhooks have: a `word`, which is none, also or only")
	onOff(&c.ParentIDs, "parent-user-ids", "webhooks have the user ids of linked portfolios too")
	onOff(&c.NoUserIDUpdate, "no-user-id-update", "a changed user id is told by a system message only, not in the field user_id_update too")
	onOff(&c.NoContactBook, "no-contact-book", "webhooks have the numbers of users with usernames for 30 days after a message to or from the number, not from then on")
	flags.Func("not-on-whatsapp", "a `number` without WhatsApp: what is sent to it is taken, and fails (131026); can be repeated", func(n string) error {
		c.NotOnWhatsApp = append(c.NotOnWhatsApp, n)
		return nil
	})
	onOff(&c.UnreachableSilent, "unreachable-silent", "what is sent to a number without WhatsApp, or with a user id in \"to\", gets no status at all")
	onOff(&c.BareFailed, "bare-failed", "webhooks of failed statuses have no contacts")
	text(&c.WithoutProfile, "without-profile", "the contacts in webhooks that lack the profile: a `word`, which is statuses or all (default none)")
	flags.Var(choice[fakewa.Escaping]{&c.Escaping, map[string]fakewa.Escaping{"meta": fakewa.EscapingMeta, "html": fakewa.EscapingHTML, "none": fakewa.EscapingNone}},
		"escaping", "how webhooks are escaped: a `word`, which is meta (as Meta does), html (also < % @) or none")
	flags.DurationVar(&c.Redeliver, "redeliver", c.Redeliver, "the `duration` for which a webhook that was not acknowledged is redelivered; Meta says 36h and 168h; 0: not at all")
	number(&c.Parallel, "parallel", "the `number` of webhooks of statuses that are under way at once")
	number(&c.Batch, "batch", "the `number` of statuses that one webhook may have")
	onOff(&c.MessageStatus, "message-status", "answers to all sends have message_status, not only templates'")
	onOff(&c.MediaBase64, "media-base64", "the sha256 of media is base64, as in webhooks")
	flags.Int64Var(&c.MediaBytes, "media-bytes", c.MediaBytes, "the `number` of bytes of media that are kept")
}

// moment is a flag with a time.
type moment struct{ into *time.Time }

func (m moment) String() string {
	if m.into == nil || m.into.IsZero() {
		return ""
	}
	return m.into.Format(time.RFC3339)
}

func (m moment) Get() any { return *m.into }

func (m moment) Set(text string) (err error) {
	if *m.into, err = time.Parse(time.RFC3339, text); err != nil {
		return errors.New("want a time like 2026-01-05T09:00:00Z")
	}
	return nil
}

// choice is a flag with few values.
type choice[T ~string] struct {
	into *T
	of   map[string]T
}

func (c choice[T]) String() string {
	for name, value := range c.of {
		if c.into != nil && value == *c.into {
			return name
		}
	}
	return ""
}

func (c choice[T]) Get() any { return c.String() } // it has one value

func (c choice[T]) Set(name string) error {
	value, ok := c.of[name]
	if !ok {
		return fmt.Errorf("want one of %s", strings.Join(slices.Sorted(maps.Keys(c.of)), ", "))
	}
	*c.into = value
	return nil
}
