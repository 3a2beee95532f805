package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa/life"
)

func settingsFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fakewa.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFlagsWinOverTheSettingsFile(t *testing.T) {
	path := settingsFile(t, `# the test's
webhook: http://bot:8000/webhook
app-secret: &secret from the file
verify-token: *secret
token: 0123 # as it is written
phone-id: "555"
seed: 7
tls: true
proxy: 127.0.0.1:4005
`)
	s, err := readSettings([]string{"-config", path, "-token", "from the line", "-tls=false", "-addr", ":1"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if s.fake.WebhookURL != "http://bot:8000/webhook" || s.fake.AppSecret != "from the file" || s.fake.VerifyToken != "from the file" ||
		s.fake.Token != "from the line" || s.fake.PhoneNumberID != "555" || s.fake.Seed != 7 || s.tls || s.proxy != "127.0.0.1:4005" ||
		s.addr != ":1" || s.fake.BusinessID != "102290129340398" {
		t.Errorf("got %+v", s)
	}
	s, err = readSettings([]string{"-config", path}, io.Discard)
	if err != nil || s.fake.Token != "0123" || !s.tls || s.addr != "127.0.0.1:4004" {
		t.Errorf("got %+v %v", s, err)
	}
}

// TestBusinessesInheritSettings leaves settings out; those of the first business apply.
func TestBusinessesInheritSettings(t *testing.T) {
	path := settingsFile(t, `
token: one
recipient: ["+1 650 555 1234", "2"]
window: refuses
businesses:
  - phone-id: 2
    waba-id: 3
    token: two
  - {phone-id: 4, waba-id: 5, window: off, recipient: 9}
`)
	s, err := readSettings([]string{"-config", path}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.platform()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var got []string
	for _, b := range p.Businesses() {
		c := b.Config()
		got = append(got, fmt.Sprintln(c.PhoneNumberID, c.BusinessID, c.Token, c.Window, c.Recipients))
	}
	want := []string{"106540352242922 102290129340398 one refuses [+16505551234 +2]\n", "2 3 two refuses []\n", "4 5 one off [+9]\n"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	wrong(t, "fakewa: add a business: the id 102290129340398 is taken", "-config", settingsFile(t, "businesses:\n- phone-id: 2"))
}

// TestDocumentedSettingsAreValid reads the file that docs/fakewa.md shows.
func TestDocumentedSettingsAreValid(t *testing.T) {
	page, err := os.ReadFile("../../docs/fakewa.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "```yaml\n")
	text, _, ok := strings.Cut(text, "```")
	s, err := readSettings([]string{"-config", settingsFile(t, text)}, io.Discard)
	if !ok || err != nil || !s.fake.PairRate || len(s.businesses) != 1 || s.businesses[0].Token != "t2" {
		t.Errorf("got %+v, %v", s, err)
	}
}

// TestLifeHasFlags sets what Meta does with templates, for two businesses.
func TestLifeHasFlags(t *testing.T) {
	path := settingsFile(t, `
rate-from: 10
red-at: 0.5
pause: [1h, 2h, 4h]
pace-from: 3
messaging-limit: TIER_250
portfolio: shop
marketing-cap: 2
marketing-cap-time: 12h
businesses:
  - {phone-id: 4, waba-id: 5, pause: 1m, ignore-stops: true}
`)
	s, err := readSettings([]string{"-config", path}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.platform()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	want := life.Settings{
		RateFrom: 10, YellowAt: 0.05, RedAt: 0.5, Pauses: []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour}, UnpauseEvent: "APPROVED",
		PaceFrom: 3, PaceHold: time.Hour, Tier: "TIER_250", Portfolio: "shop", Cap: 2, CapTime: 12 * time.Hour,
	}
	if got := p.First().Config().Life; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	want.Pauses, want.IgnoreStops = []time.Duration{time.Minute}, true
	if got := p.Business("4").Config().Life; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	wrong(t, `fakewa: invalid value "soon" for flag -pause: want a time above 0`, "-pause", "soon")
}

func TestEmptySettingsFileLeavesTheDefaults(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "{}\n"} {
		s, err := readSettings([]string{"-config", settingsFile(t, text)}, io.Discard)
		if err != nil || s.addr != "127.0.0.1:4004" {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestSettingsFileErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"tls: true\nwebhok: http://bot/": `:2: "webhok" is not a setting: did you mean "webhook"? Settings are addr, app-id, app-secret, `,
		"completely-else: 1":             `:1: "completely-else" is not a setting. Settings are addr, app-id, app-secret, `,
		"\"a\\nb\": 1":                   `:1: "a\nb" is not a setting. Settings are `,
		"? [a]\n: 1":                     `:1: "" is not a setting`,
		"<<: {tls: true}":                `:1: "<<" is not a setting`,
		"seed: 1\ntls: true\nseed: 2":    `:3: seed is set twice, first in line 1`,
		"config: other.yaml":             `:1: config is for the command line only: a settings file cannot name another`,
		"\ntls: maybe":                   `:2: tls is neither true nor false: want one of them, without quotes`,
		"tls: \"true\"":                  `:1: tls is neither true nor false`,
		"tls: 1":                         `:1: tls is neither true nor false`,
		"token: true":                    `:1: token is true or false: want another value, or quotes around it if it is meant`,
		"seed: x":                        `:1: seed is "x": want a whole number, 0 or more and below 2^64`,
		"seed: -1":                       `:1: seed is "-1": want a whole number`,
		"seed: 18446744073709551616":     `:1: seed is "18446744073709551616": want a whole number`,
		"token:":                         `:1: token has no value`,
		"token: ~":                       `:1: token has no value`,
		"token: [a, b]":                  `:1: token is a list or a mapping: want one value`,
		"token: {a: b}":                  `:1: token is a list or a mapping: want one value`,
		"token: &t [*t]":                 `:1: token is a list or a mapping: want one value`,
		"[tls]":                          `:1: want settings by their names, like webhook: http://127.0.0.1:8000/webhook`,
		"tls":                            `:1: want settings by their names`,
		"tls: true\n---\ntls: true":      `:2: a second document begins: want one`,
		"tls: [":                         ` is not well-formed YAML: line 1: `,
		"webhook: bot:8000":              `:1: webhook is "bot:8000": want a URL like http://127.0.0.1:8000/webhook`,
		"window: never":                  `:1: window is "never": want one of fails, off, refuses`,
		"limit: many":                    `:1: limit is "many": `,
		"businesses: 1":                  `:1: businesses is not a list: want a list with the settings of each, like - phone-id: 2`,
		"businesses: [1]":                `:1: want settings of a business by their names, like phone-id: 2`,
		"businesses:\n- tls: true":       `:2: "tls" is not a setting`,
		"businesses:\n- seed: x":         `:2: seed is "x": `,
		"tls: false\naddr: nowhere":      `:2: addr is "nowhere": `,
	} {
		path := settingsFile(t, text)
		wrong(t, "fakewa: "+path+want, "-config", path)
	}
}

// TestOverriddenSettingsAreCheckedToo has a wrong value in the file and a right one on
// the command line, and the other way round.
func TestOverriddenSettingsAreCheckedToo(t *testing.T) {
	path := settingsFile(t, "seed: x")
	wrong(t, "fakewa: "+path+`:1: seed is "x": `, "-config", path, "-seed", "1")
	path = settingsFile(t, "webhook: http://bot/")
	wrong(t, `fakewa: -webhook is "bot": `, "-config", path, "-webhook", "bot")
}

func TestSettingsFileListRepeatsAFlag(t *testing.T) {
	read := func(text string) (got []string, err error) {
		s := settings{origin: make(map[string]string)}
		flags := s.flags()
		s.file = settingsFile(t, text)
		flags.Func("also", "may be given often", func(one string) error {
			got = append(got, one)
			return nil
		})
		err = s.readFile(flags)
		return got, err
	}
	for text, want := range map[string][]string{
		"also: [a, 2, \"true\"]":     {"a", "2", "true"},
		"also:\n- a\n- b\n":          {"a", "b"},
		"also: alone":                {"alone"},
		"also: []":                   nil,
		"also: [&one a, *one]\n":     {"a", "a"},
		"tls: true\nalso:\n  - last": {"last"},
	} {
		if got, err := read(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"also:\n- a\n- [b]": `:1: also has in line 3 an element that is a list or a mapping: want one value`,
		"also: [a, ~]":      `:1: also has in line 1 an element that has no value`,
		"also: {a: b}":      `:1: also is a list or a mapping: want one value`,
	} {
		if _, err := read(text); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestSettingsFileIsEnoughToStart(t *testing.T) {
	path := settingsFile(t, "proxy: 127.0.0.1:0\ntls: true\naddr: 127.0.0.1:0\nca-dir: "+t.TempDir())
	stdout, printed := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"-config", path}, printed, io.Discard) }()
	lines := bufio.NewScanner(stdout)
	for _, want := range []string{"127.0.0.1:", "proxy 127.0.0.1:", "certificate /"} {
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), want) {
			t.Errorf("got %q, want %s", lines.Text(), want)
		}
	}
	cancel()
	if status := <-ended; status != 0 {
		t.Errorf("status %d", status)
	}
}
