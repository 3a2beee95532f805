package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"wappasim/fakewa"
)

// settings are what the flags and the settings file say.
type settings struct {
	fake       fakewa.Config   // the first business
	businesses []fakewa.Config // further ones
	start      time.Time       // at which the clock stands still; zero: it runs
	addr       string
	tls        bool
	proxy      string // address; "": none
	caDir      string // "": in the user's cache folder
	file       string // of settings; "": none

	origin map[string]string // where a setting of the file is, "fakewa.yaml:3: webhook", by its name
}

// flags returns the flags that set s, and gives s its defaults.
func (s *settings) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("fakewa", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are for the caller to print
	flags.StringVar(&s.addr, "addr", "127.0.0.1:4004", "the `address` to listen on; port 0 picks one")
	flags.BoolVar(&s.tls, "tls", false, "speak HTTPS on that address")
	flags.StringVar(&s.proxy, "proxy", "", "the `address` of a proxy, for HTTPS_PROXY, behind which is this graph.facebook.com (default no proxy)")
	flags.StringVar(&s.caDir, "ca-dir", "", "the `folder` of the certificate authority (default fakewa in the user's cache folder)")
	flags.StringVar(&s.file, "config", "", "a YAML `file` with these settings, by their names; flags win over it")
	flags.Var(moment{&s.start}, "start", "a `time` at which the clock stands still until it is moved, like 2026-01-05T09:00:00Z; without it the clock runs")
	s.fake.WebhookURL = "http://127.0.0.1:8000/webhook"
	s.fake = fakewa.New(s.fake).Config()
	s.fake.Parallel, s.fake.Redeliver = 32, 36*time.Hour
	businessFlags(flags, &s.fake)
	return flags
}

// businessFlags adds the flags that set up a business, whose defaults are what it is.
func businessFlags(flags *flag.FlagSet, c *fakewa.Config) {
	text := func(into *string, name, usage string) { flags.StringVar(into, name, *into, usage) }
	number := func(into *int, name, usage string) { flags.IntVar(into, name, *into, usage) }
	onOff := func(into *bool, name, usage string) { flags.BoolVar(into, name, *into, usage) }
	text(&c.WebhookURL, "webhook", "the bot's webhook `URL`")
	text(&c.AppSecret, "app-secret", "signs webhooks")
	text(&c.VerifyToken, "verify-token", "of the webhook's handshake")
	text(&c.Token, "token", "what the bot must present (default any)")
	flags.Var(moment{&c.TokenExpires}, "token-expires", "the `time` from when on the token is refused, like 2026-01-05T09:00:00Z; without it, never")
	text(&c.AppID, "app-id", "the `id` of the app")
	text(&c.BusinessID, "waba-id", "the `id` of the WhatsApp business account")
	text(&c.PhoneNumberID, "phone-id", "the `id` of the business number")
	text(&c.DisplayNumber, "display-number", "the business `number`")
	text(&c.Name, "name", "the verified `name` of the business")
	flags.StringVar(&c.BaseURL, "base-url", "", "the `URL` under which bots reach this server, for media in webhooks; without it, that of -addr")
	flags.Uint64Var(&c.Seed, "seed", c.Seed, "of the ids: the same seed and calls give the same; 0 is a random one")
	number(&c.Limit, "limit", "messages, requests and deliveries that are kept of each")

	flags.Var(choice[fakewa.Window]{&c.Window, map[string]fakewa.Window{"fails": fakewa.WindowFails, "refuses": fakewa.WindowRefuses, "off": fakewa.WindowOff}},
		"window", "free-form messages after 24 hours of silence: `fails` by a status, refuses, off")
	onOff(&c.PairRate, "pair-rate", "45 messages to a user at once, and one in 6 s after that")
	number(&c.Throughput, "throughput", "messages a second; Meta's is 80 (default no limit)")
	flags.Func("recipient", "a `number` that the business may write to; may be given often (default all)", func(n string) error {
		c.Recipients = append(c.Recipients, n)
		return nil
	})
	number(&c.ThrottleStatus, "throttle-status", "HTTP `status` of rate limits: 400, or 429 as many clients expect")
	number(&c.NoTemplate, "no-template-status", "HTTP `status` of error 132001: 404 or 400")
	number(&c.Rules.ListBody, "list-body", "`characters` of a list's body (default 4096)")
	number(&c.Rules.Contacts, "contacts", "`contacts` in a message (default 257)")
	onOff(&c.ApproveTemplates, "approve-templates", "templates are approved when they are created")

	text(&c.Version, "webhook-version", "of webhooks; from v24.0 on statuses have no conversation")
	flags.Var(choice[fakewa.UserIDs]{&c.UserIDs, map[string]fakewa.UserIDs{"none": fakewa.UserIDsNone, "also": fakewa.UserIDsAlso, "only": fakewa.UserIDsOnly}},
		"user-ids", "business-scoped user ids in webhooks: `none`, also, only")
	flags.Var(choice[fakewa.Escaping]{&c.Escaping, map[string]fakewa.Escaping{"meta": fakewa.EscapingMeta, "html": fakewa.EscapingHTML, "none": fakewa.EscapingNone}},
		"escaping", "of webhooks' bytes: `meta`, html for < % @ too, none")
	flags.DurationVar(&c.Redeliver, "redeliver", c.Redeliver, "how `long` a webhook that was not answered with 200 is brought again; Meta says 36h and 168h; 0 is not at all")
	number(&c.Parallel, "parallel", "webhooks of statuses under way at once")
	number(&c.Batch, "batch", "statuses that one webhook brings at most")
	onOff(&c.MessageStatus, "message-status", "answers to all sends have message_status, not only templates'")
	onOff(&c.MediaBase64, "media-base64", "the sha256 of media is base64, as in webhooks")
	flags.Int64Var(&c.MediaBytes, "media-bytes", c.MediaBytes, "`bytes` of media that are kept")
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

// platform makes the fake that the settings describe.
func (s settings) platform() (*fakewa.Platform, error) {
	if !s.start.IsZero() {
		s.fake.Clock = fakewa.StillClock(s.start)
	}
	s.fake.Seed = cmp.Or(s.fake.Seed, rand.Uint64())
	p, err := fakewa.NewPlatform(s.fake)
	if err != nil {
		return nil, err
	}
	for _, b := range s.businesses {
		b.BaseURL, b.Seed = cmp.Or(b.BaseURL, s.fake.BaseURL), cmp.Or(b.Seed, s.fake.Seed)
		if _, err := p.Add(b); err != nil {
			p.Close()
			return nil, err
		}
	}
	return p, nil
}

// readSettings reads the flags and the file that they name. Its errors are one
// line; for flag.ErrHelp the help is printed.
func readSettings(args []string, help io.Writer) (settings, error) {
	s := settings{origin: make(map[string]string)}
	flags := s.flags()
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(help)
		flags.Usage()
		return s, err
	case err != nil:
		return s, fmt.Errorf("%w: -help lists the flags", err)
	case flags.NArg() > 0:
		return s, fmt.Errorf("%q is one argument too many: there are flags only, and -help lists them", flags.Arg(0))
	}
	if s.file != "" {
		if err := s.readFile(flags); err != nil {
			return s, err
		}
	}
	if u, err := url.Parse(s.fake.WebhookURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return s, fmt.Errorf("%s is %q: want a URL like http://127.0.0.1:8000/webhook", s.name("webhook"), s.fake.WebhookURL)
	}
	return s, nil
}

// name is what an error calls a setting: where the user gave it.
func (s *settings) name(setting string) string {
	if place, ok := s.origin[setting]; ok {
		return place
	}
	return "-" + setting
}

// readFile reads the settings file. What the command line gave stays, but the
// file's value must be good all the same.
func (s *settings) readFile(flags *flag.FlagSet) error {
	root, err := readYAML(s.file)
	if err != nil || root == nil {
		return err
	}
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: want settings by their names, like webhook: http://127.0.0.1:8000/webhook", s.file, root.Line)
	}
	given := make(map[string]bool)
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var businesses *yaml.Node
	err = s.apply(root, flags, func(key, value *yaml.Node) (*flag.FlagSet, bool) {
		switch {
		case key.Value == "businesses":
			businesses = named(value)
			return nil, false
		case given[key.Value]:
			return new(settings).flags(), true
		}
		s.origin[key.Value] = fmt.Sprintf("%s:%d: %s", s.file, key.Line, key.Value)
		return flags, true
	})
	if err != nil || businesses == nil {
		return err
	}
	return s.readBusinesses(businesses)
}

// readBusinesses reads further businesses. What one does not set, it has from the
// first, but for its ids and its number.
func (s *settings) readBusinesses(list *yaml.Node) error {
	if list.Kind != yaml.SequenceNode {
		return fmt.Errorf("%s:%d: businesses is no list: want one of settings for each, like - phone-id: 2", s.file, list.Line)
	}
	for _, element := range list.Content {
		element = named(element)
		if element.Kind != yaml.MappingNode {
			return fmt.Errorf("%s:%d: want settings of a business by their names, like phone-id: 2", s.file, element.Line)
		}
		b := s.fake
		b.Recipients = nil
		flags := flag.NewFlagSet("business", flag.ContinueOnError)
		businessFlags(flags, &b)
		if err := s.apply(element, flags, func(*yaml.Node, *yaml.Node) (*flag.FlagSet, bool) { return flags, true }); err != nil {
			return err
		}
		s.businesses = append(s.businesses, b)
	}
	return nil
}

// apply gives the settings of a mapping to the flags that into chooses for each,
// or passes over it. All must be known to flags.
func (s *settings) apply(mapping *yaml.Node, flags *flag.FlagSet, into func(key, value *yaml.Node) (*flag.FlagSet, bool)) error {
	lines := make(map[string]int) // of the keys so far
	for pair := range slices.Chunk(mapping.Content, 2) {
		key, value := pair[0], pair[1]
		place := fmt.Sprintf("%s:%d: %s", s.file, key.Line, key.Value)
		if first, twice := lines[key.Value]; twice {
			return fmt.Errorf("%s is there twice, first in line %d", place, first)
		}
		lines[key.Value] = key.Line
		chosen, ok := into(key, value)
		if !ok {
			continue
		}
		if flags.Lookup(key.Value) == nil {
			return fmt.Errorf("%s:%d: %w", s.file, key.Line, unknown(flags, key.Value))
		}
		if err := set(chosen.Lookup(key.Value), value); err != nil {
			return fmt.Errorf("%s %w", place, err)
		}
	}
	return nil
}

// readYAML returns the top of a file's one document, nil if it says nothing.
func readYAML(file string) (*yaml.Node, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("-config: %w", err)
	}
	defer f.Close()
	decoder := yaml.NewDecoder(f)
	var document, next yaml.Node
	if err = decoder.Decode(&document); err == nil {
		err = decoder.Decode(&next)
	}
	switch {
	case err == nil:
		return nil, fmt.Errorf("%s:%d: a second document begins: want one", file, next.Line)
	case !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s is not well-formed YAML: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
	case document.IsZero() || document.Content[0].ShortTag() == "!!null":
		return nil, nil
	}
	return document.Content[0], nil
}

// set gives a flag the value of its key in the file. All flags of package flag
// are Getters and have one value, but for flag.Func, which may be given often.
func set(f *flag.Flag, value *yaml.Node) error {
	if f.Name == "config" {
		return errors.New("is for the command line only: a settings file cannot name another")
	}
	value = named(value)
	if _, single := f.Value.(flag.Getter); single || value.Kind != yaml.SequenceNode {
		return setOne(f, value)
	}
	for _, element := range value.Content {
		if err := setOne(f, named(element)); err != nil {
			return fmt.Errorf("has in line %d an element that %w", element.Line, err)
		}
	}
	return nil
}

// named returns what an alias stands for, and any other node as it is.
func named(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// setOne gives a flag one value. Texts are taken as they are written, so that an
// id keeps its zeros. An error does not show a text: it may be a secret.
func setOne(f *flag.Flag, value *yaml.Node) error {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	wantsBool := ok && b.IsBoolFlag()
	tag := value.ShortTag()
	switch {
	case value.Kind != yaml.ScalarNode:
		return errors.New("is a list or a mapping: want one value")
	case tag == "!!null":
		return errors.New("has no value")
	case wantsBool && tag != "!!bool":
		return errors.New("is neither true nor false: want one of them, without quotes")
	case !wantsBool && tag == "!!bool":
		return errors.New("is true or false: want another value, or quotes around it if it is meant")
	}
	if err := f.Value.Set(value.Value); err != nil {
		if g, ok := f.Value.(flag.Getter); ok {
			if _, ok := g.Get().(uint64); ok { // the flag's own words are "parse error"
				err = errors.New("want a whole number, 0 or more and below 2^64")
			}
		}
		return fmt.Errorf("is %q: %w", value.Value, err)
	}
	return nil
}

// unknown is the error of a setting that does not exist.
func unknown(flags *flag.FlagSet, name string) error {
	var known []string
	flags.VisitAll(func(f *flag.Flag) {
		if f.Name != "config" {
			known = append(known, f.Name)
		}
	})
	nearest := slices.MinFunc(known, func(a, b string) int { return edits(name, a) - edits(name, b) })
	guess := "."
	if edits(name, nearest) <= 1+len(name)/4 {
		guess = fmt.Sprintf(": did you mean %q?", nearest)
	}
	return fmt.Errorf("%q is no setting%s Known are %s", name, guess, strings.Join(known, ", "))
}

// edits is how many letters must be put in, left out or changed to make b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1) // edits from the a so far to each start of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
