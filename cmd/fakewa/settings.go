package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"wappasim/fakewa"
)

// settings are what the flags and the settings file say.
type settings struct {
	fake  fakewa.Config
	addr  string
	tls   bool
	proxy string // address; "": none
	caDir string // "": in the user's cache folder
	file  string // of settings; "": none

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
	flags.StringVar(&s.fake.WebhookURL, "webhook", "http://127.0.0.1:8000/webhook", "the bot's webhook `URL`")
	flags.StringVar(&s.fake.AppSecret, "app-secret", "secret", "signs webhooks")
	flags.StringVar(&s.fake.VerifyToken, "verify-token", "verify", "of the webhook's handshake")
	flags.StringVar(&s.fake.Token, "token", "", "what the bot must present (default any)")
	flags.StringVar(&s.fake.PhoneNumberID, "phone-id", "106540352242922", "the `id` of the business number")
	flags.StringVar(&s.fake.BusinessID, "waba-id", "102290129340398", "the `id` of the WhatsApp business account")
	flags.Uint64Var(&s.fake.Seed, "seed", rand.Uint64(), "of the ids: the same seed and calls give the same (default random)")
	return flags
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
	unused := new(settings).flags()
	lines := make(map[string]int) // of the keys so far
	for pair := range slices.Chunk(root.Content, 2) {
		key, value := pair[0], pair[1]
		place := fmt.Sprintf("%s:%d: %s", s.file, key.Line, key.Value)
		into := flags
		if given[key.Value] {
			into = unused
		}
		f := into.Lookup(key.Value)
		switch first, twice := lines[key.Value]; {
		case f == nil:
			return fmt.Errorf("%s:%d: %w", s.file, key.Line, unknown(flags, key.Value))
		case twice:
			return fmt.Errorf("%s is there twice, first in line %d", place, first)
		}
		lines[key.Value] = key.Line
		if err := set(f, value); err != nil {
			return fmt.Errorf("%s %w", place, err)
		}
		if into == flags {
			s.origin[key.Value] = place
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
