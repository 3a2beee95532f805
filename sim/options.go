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
}

// Option changes how a world begins.
type Option func(*options)

// Start sets the time at which the world begins, 2000 or later. Default:
// Monday, 2026-01-05 09:00 UTC.
func Start(t time.Time) Option { return func(o *options) { o.start = t } }

// Seed sets where the ids of messages and the [Latency] come from. Default: 0.
func Seed(n uint64) Option { return func(o *options) { o.seed = n } }

// Latency makes everything that is sent take between 50 µs and 50 µs more than
// the longest, as the seed draws it: what the bot sends to Redis and WhatsApp,
// and webhooks. Things then happen in another order for each seed, and in the
// same for the same. Default: 0, nothing takes any time.
func Latency(longest time.Duration) Option { return func(o *options) { o.latency = longest } }

// Redelivery makes WhatsApp deliver again, for so long, what the bot did not
// answer with 200. Default: not at all.
func Redelivery(d time.Duration) Option { return func(o *options) { o.redeliver = d } }

// Simulated has the world's Close set how much time has passed in it.
func Simulated(d *time.Duration) Option { return func(o *options) { o.simulated = d } }

// WhatsApp changes how WhatsApp is set up: limits, templates, what webhooks look
// like. What the world sets itself stays: the webhook, the token and the seed.
func WhatsApp(set func(*fakewa.Config)) Option { return func(o *options) { o.whatsapp = set } }

// Replicas sets how many bots share the Redis; webhooks go to them in turn.
// Default: 1.
func Replicas(n int) Option { return func(o *options) { o.replicas = n } }

// StallTimeout sets the real time without progress after which a world is [Stuck].
// Default: 5 seconds.
func StallTimeout(d time.Duration) Option { return func(o *options) { o.stallTimeout = d } }

// Logger sets where the bot logs to. Default: nowhere.
func Logger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// Test closes the world at the end of a test, and fails the test with what Close
// returns.
func Test(t *testing.T) Option { return func(o *options) { o.test = t } }
