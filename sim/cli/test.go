package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cucumber/godog"
	"golang.org/x/term"

	"wappasim/sim/steps"
)

// test plays scenarios, in worlds or with a running bot.
func (c *call) test(args []string) (err error) {
	var cfg steps.LiveConfig
	format := c.flags.String("format", "pretty", "the `format` of the report: pretty, progress, junit or cucumber; several with commas, each with :FILE to write it to a file")
	concurrency := c.flags.Int("concurrency", 1, "the `number` of scenarios played at once; needs -format progress or junit")
	c.flags.StringVar(&cfg.Fake.WebhookURL, "webhook", "", "the `URL` of a running bot's webhook (default: play in worlds)")
	c.flags.StringVar(&cfg.Graph, "graph", "127.0.0.1:4004", "the `address` where the running bot finds the Graph API")
	c.flags.StringVar(&cfg.Fake.AppSecret, "app-secret", "secret", "the app `secret` that signs webhooks")
	c.flags.StringVar(&cfg.Fake.VerifyToken, "verify-token", "verify", "the `token` of the webhook's handshake")
	c.flags.StringVar(&cfg.Fake.Token, "token", "", "the access `token` that the bot must present (default: any)")
	c.flags.StringVar(&cfg.Fake.PhoneNumberID, "phone-id", "106540352242922", "the `id` of the business number")
	c.flags.StringVar(&cfg.Fake.BusinessID, "waba-id", "102290129340398", "the `id` of the WhatsApp business account")
	c.flags.DurationVar(&cfg.Tolerance, "tolerance", time.Second, "how early or late a running bot may be")
	c.flags.DurationVar(&cfg.Longest, "longest", time.Minute, "the longest wait of a step with a running bot; scenarios with longer ones are skipped")
	out := c.flags.String("out", "", "a `folder` that gets a recording of each scenario that fails in a world; the same as SIM_OUT")
	paths, err := c.parse(args, 0, 1000)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{"features"}
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return wrong("%v", err)
		}
	}
	if *out != "" {
		if err := os.Setenv("SIM_OUT", *out); err != nil {
			return wrong("-out: %v", err)
		}
	}
	run := suite{call: c, paths: paths, format: *format, concurrency: *concurrency}
	if cfg.Fake.WebhookURL == "" {
		return run.play(c.Register)
	}
	if u, err := url.Parse(cfg.Fake.WebhookURL); err != nil || u.Host == "" {
		return wrong("-webhook is %q: want a URL like http://127.0.0.1:8000/webhook", cfg.Fake.WebhookURL)
	}
	cfg.Settings = c.Settings
	live, err := steps.NewLive(cfg)
	if err != nil {
		return wrong("%v", err)
	}
	defer func() { err = errors.Join(err, live.Close()) }()
	if err := live.Verify(); err != nil {
		return err
	}
	fmt.Fprintf(c.stderr, "the bot at %s finds the Graph API at %s; waits are real, and matched to within %s\n", cfg.Fake.WebhookURL, live.Addr(), cfg.Tolerance)
	return run.play(func(sc *godog.ScenarioContext) {
		live.Register(sc)
		if c.Steps != nil {
			c.Steps(sc)
		}
	})
}

// suite is one run of scenarios.
type suite struct {
	*call
	paths       []string
	format      string
	concurrency int
	results     steps.Results
}

// snippets is where godog's formatters suggest Go code for unknown steps, which people
// who write scenarios need not know.
var snippets = regexp.MustCompile(`(?s)\n[^\n]*You can implement step definitions for undefined steps with these snippets:.*`)

// counted is the line in which godog's formatters count scenarios: those with a skipped
// step as passed.
var counted = regexp.MustCompile(`(?m)^\d+ scenarios \(.*\)$`)

// play runs the scenarios, and says which were skipped and why. It is an error if one
// failed, or if all were skipped.
func (s *suite) play(register func(*godog.ScenarioContext)) error {
	formats, junit := s.formats()
	var out bytes.Buffer
	options := &godog.Options{
		Output: &out, Strict: true, Format: strings.Join(formats, ","), Paths: s.paths,
		Concurrency: s.concurrency, NoColors: !term.IsTerminal(int(s.stdout.Fd())),
	}
	if formats == nil {
		options.Format, options.Output = "progress", io.Discard
	} else if s.concurrency <= 1 { // lines appear as they come, but for the last one
		options.Output = &replacing{out: s.stdout, line: s.results.String}
	}
	status := godog.TestSuite{Name: s.Name, Options: options, ScenarioInitializer: func(sc *godog.ScenarioContext) {
		s.results.Register(sc)
		register(sc)
	}}.Run()
	if _, err := s.stdout.WriteString(s.plain(out.String())); err != nil {
		return fmt.Errorf("%s: write the report: %w", s.name, err)
	}
	err := errors.Join(s.correct(formats), s.writeJUnit(junit))
	undefined := s.results.Undefined()
	for _, unknown := range undefined {
		fmt.Fprintln(s.stderr, "unknown step:", unknown)
	}
	if undefined != nil {
		fmt.Fprintf(s.stderr, "%s steps lists all steps\n", s.Name)
	}
	s.warn()
	for _, skipped := range s.results.Skipped() {
		fmt.Fprintln(s.stderr, "skipped:", skipped)
	}
	switch {
	case err != nil:
		return err
	case status > 1:
		return &wrongArguments{}
	case s.results.Played() && status == 1:
		return errFailed
	case !s.results.Played():
		return fmt.Errorf("%s: no scenario of %s was played: %s", s.name, strings.Join(s.paths, ", "), strings.Replace(s.results.String(), "0 scenarios", "there is none with steps", 1))
	}
	return nil
}

// warn tells of lines that look like steps and are none.
func (s *suite) warn() {
	for _, path := range s.paths {
		_ = filepath.WalkDir(path, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".feature" {
				return err
			}
			warnings, err := steps.Misread(path)
			for _, warning := range warnings {
				fmt.Fprintln(s.stderr, "warning:", warning)
			}
			return err
		}) // what cannot be read, godog has reported
	}
}

// ours is the comment of godog's pretty format that says which Go function a step is, for
// the steps that every program has.
var ours = regexp.MustCompile(` +# step\.go:\d+ -> reflect\.makeFuncStub`)

// plain returns a report with the right count of scenarios and without Go code.
func (s *suite) plain(report string) string {
	return ours.ReplaceAllLiteralString(snippets.ReplaceAllString(counted.ReplaceAllLiteralString(report, s.results.String()), ""), "")
}

// formats returns the formats that godog writes, and where the JUnit report goes: to
// files, or to "" for the standard output.
func (s *suite) formats() (formats, junit []string) {
	for one := range strings.SplitSeq(s.format, ",") {
		if name, file, _ := strings.Cut(one, ":"); name == "junit" {
			junit = append(junit, file)
		} else {
			formats = append(formats, one)
		}
	}
	return formats, junit
}

// correct replaces the count of scenarios in the files that godog has written.
func (s *suite) correct(formats []string) error {
	for _, one := range formats {
		_, file, _ := strings.Cut(one, ":")
		if file == "" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("%s: read the report: %w", s.name, err)
		}
		if err := os.WriteFile(file, []byte(s.plain(string(text))), 0o644); err != nil {
			return fmt.Errorf("%s: write the report: %w", s.name, err)
		}
	}
	return nil
}

func (s *suite) writeJUnit(files []string) error {
	for _, file := range slices.Compact(files) {
		if file == "" {
			if err := s.results.WriteJUnit(s.stdout, s.Name); err != nil {
				return err
			}
			continue
		}
		var report bytes.Buffer
		if err := s.results.WriteJUnit(&report, s.Name); err != nil {
			return err
		}
		if err := os.WriteFile(file, report.Bytes(), 0o644); err != nil {
			return fmt.Errorf("%s: write the JUnit report: %w", s.name, err)
		}
	}
	return nil
}

// replacing writes lines as they are completed, and another one for the count of
// scenarios.
type replacing struct {
	out  io.Writer
	line func() string
	part []byte
	over bool // the snippets have begun, which come last
}

func (r *replacing) Write(p []byte) (int, error) {
	r.part = append(r.part, p...)
	end := bytes.LastIndexByte(r.part, '\n') + 1
	lines := counted.ReplaceAllStringFunc(ours.ReplaceAllLiteralString(string(r.part[:end]), ""), func(string) string { return r.line() })
	r.part = append([]byte(nil), r.part[end:]...)
	if r.over {
		return len(p), nil
	}
	if at := snippets.FindStringIndex("\n" + lines); at != nil {
		lines, r.over = lines[:at[0]], true
	}
	if _, err := io.WriteString(r.out, lines); err != nil {
		return 0, err
	}
	return len(p), nil
}
