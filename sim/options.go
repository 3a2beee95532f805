package sim

import (
	"log/slog"
	"testing"
	"time"

	"wappasim/fakewa"
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
	simulated *time.Duration
	whatsapp  func(*fakewa.Config)
	answers   bool // of Redis are in the trace
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
// longest, as the seed draws it: Redis commands, calls to WhatsApp and webhooks. The
// order of events then differs from seed to seed, and is the same for the same seed.
// Default: 0, nothing takes any time.
func Latency(longest time.Duration) Option { return func(o *options) { o.latency = longest } }

// Redelivery sets how long WhatsApp redelivers a webhook that the bot did not answer
// with 200. Default: 0, it does not.
func Redelivery(d time.Duration) Option { return func(o *options) { o.redeliver = d } }

// Simulated has [World.Close] set d to the virtual time that has passed in the world.
func Simulated(d *time.Duration) Option { return func(o *options) { o.simulated = d } }

// WhatsApp changes how WhatsApp is set up: limits, templates, the form of webhooks.
// The world sets the webhook, the token and the seed afterwards.
func WhatsApp(set func(*fakewa.Config)) Option { return func(o *options) { o.whatsapp = set } }

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
