package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/cucumber/godog"
	"golang.org/x/term"

	"wappasim/sim/steps"
)

func (c *call) test(args []string) (err error) {
	var cfg steps.LiveConfig
	options := &godog.Options{Output: c.stdout, Strict: true, Format: "pretty", NoColors: !term.IsTerminal(int(c.stdout.Fd()))}
	c.flags.StringVar(&options.Format, "format", "pretty", "of the report: pretty, progress, `junit`, cucumber; several with commas, each with :FILE if need be")
	c.flags.IntVar(&options.Concurrency, "concurrency", 1, "`scenarios` at once; needs -format progress or junit")
	c.flags.StringVar(&cfg.Fake.WebhookURL, "webhook", "", "the `URL` of a running bot's webhook (default: play in worlds)")
	c.flags.StringVar(&cfg.Graph, "graph", "127.0.0.1:4004", "the `address` where the running bot finds the Graph API")
	c.flags.StringVar(&cfg.Fake.AppSecret, "app-secret", "secret", "signs webhooks")
	c.flags.StringVar(&cfg.Fake.VerifyToken, "verify-token", "verify", "of the webhook's handshake")
	c.flags.StringVar(&cfg.Fake.Token, "token", "", "what the bot must present (default any)")
	c.flags.StringVar(&cfg.Fake.PhoneNumberID, "phone-id", "106540352242922", "the `id` of the business number")
	c.flags.StringVar(&cfg.Fake.BusinessID, "waba-id", "102290129340398", "the `id` of the WhatsApp business account")
	c.flags.DurationVar(&cfg.Tolerance, "tolerance", time.Second, "how early or late a running bot may be")
	c.flags.DurationVar(&cfg.Longest, "longest", time.Minute, "wait of a step with a running bot; scenarios with longer ones are skipped")
	paths, err := c.parse(args, 0, 1000)
	if err != nil {
		return err
	}
	if options.Paths = paths; len(paths) == 0 {
		options.Paths = []string{"features"}
	}
	for _, path := range options.Paths {
		if _, err := os.Stat(path); err != nil {
			return wrong("%v", err)
		}
	}
	suite := godog.TestSuite{Name: c.Name, Options: options, ScenarioInitializer: c.Register}
	if cfg.Fake.WebhookURL == "" {
		return outcome(suite.Run())
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
	suite.ScenarioInitializer = live.Register
	fmt.Fprintf(c.stderr, "the bot at %s finds the Graph API at %s; waits are real, and matched to within %s\n", cfg.Fake.WebhookURL, live.Addr(), cfg.Tolerance)
	err = outcome(suite.Run())
	for _, skipped := range live.Skipped() {
		fmt.Fprintln(c.stderr, "skipped:", skipped)
	}
	return err
}

// outcome turns godog's exit status into an error: 1 is a failed scenario, 2 its
// refusal of the arguments.
func outcome(status int) error {
	switch status {
	case 0:
		return nil
	case 1:
		return errFailed
	}
	return &wrongArguments{}
}
