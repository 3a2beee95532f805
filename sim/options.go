package sim

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/sim/recording"
)

type options struct {
	start        time.Time
	seed         uint64
	replicas     int
	stallTimeout time.Duration
	logger       *slog.Logger
	test         *testing.T

	latency   time.Duration // the longest; 0: none
	redeliver time.Duration // how long WhatsApp delivers again
	whatsapp  []func(*fakewa.Config)
	services  []*service
	answers   bool            // of Redis are in the trace
	keys      *recording.Keys // nil: nobody wants them
	capture   bool            // http.DefaultTransport leads into the world
}

// check returns why no world can begin so.
func (o options) check() error {
	switch {
	case o.replicas < 1:
		return fmt.Errorf("sim: a world needs at least one replica, not %d", o.replicas)
	case o.replicas > 1 && o.capture:
		return fmt.Errorf("sim: DefaultTransport in a world with %d replicas: it cannot tell them from each other; give the bot Env.HTTP", o.replicas)
	}
	return nil
}

// Option changes how a world begins.
type Option func(*options)

// Start sets the time at which the world begins, 2000 or later. Default:
// Monday, 2026-01-05 09:00 UTC.
func Start(t time.Time) Option { return func(o *options) { o.start = t } }

// Seed sets the seed from which the ids of messages and the [Latency] are drawn.
// Default: 0.
func Seed(n uint64) Option { return func(o *options) { o.seed = n } }

// Latency makes everything that is sent take from 50 µs to 50 µs more than the
// longest, as the seed draws it: Redis commands, calls to WhatsApp and services, and
// webhooks. The order of events then differs from seed to seed, and is the same for the same seed.
// Default: 0, nothing takes any time.
func Latency(longest time.Duration) Option { return func(o *options) { o.latency = longest } }

// Redelivery sets how long WhatsApp redelivers a webhook that the bot did not answer
// with 200. Default: 0, it does not.
func Redelivery(d time.Duration) Option { return func(o *options) { o.redeliver = d } }

// WhatsApp changes how WhatsApp is set up: limits, templates, the form of webhooks. For a bot
// that has them under another path than /webhook, set WebhookURL to the likes of
// http://bot/whatsapp/hook. The world sets the webhook's handler, the token and the seed
// afterwards. Of several such options, later ones change what earlier ones have set.
func WhatsApp(set func(*fakewa.Config)) Option {
	return func(o *options) { o.whatsapp = append(o.whatsapp, set) }
}

// DefaultTransport has what the bot sends with http.DefaultTransport (so http.Get,
// http.DefaultClient and each http.Client without a Transport) go where [Env.HTTP] goes. It is
// for bots that cannot be changed. It cannot tell replicas from each other: with more than
// one, [New] fails. After a restart, what the former incarnation still sends is the present
// one's. The first world with this option replaces http.DefaultTransport for the rest of the
// process, with one that serves everybody else as before but is no *http.Transport: code that
// asserts that type panics.
func DefaultTransport() Option { return func(o *options) { o.capture = true } }

// Replicas sets how many replicas of the bot share the Redis; webhooks go to them in turn.
// Default: 1.
func Replicas(n int) Option { return func(o *options) { o.replicas = n } }

// StallTimeout sets the real time without progress after which a world is [Stuck].
// Default: 5 seconds.
func StallTimeout(d time.Duration) Option { return func(o *options) { o.stallTimeout = d } }

// Logger sets where the bot logs to. Default: nowhere.
func Logger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// noteAnswers has the trace show what Redis answers. A search does without: it would be slower.
func noteAnswers(shown bool) Option { return func(o *options) { o.answers = shown } }

// Test closes the world at the end of a test, and fails the test with what Close
// returns.
func Test(t *testing.T) Option { return func(o *options) { o.test = t } }
