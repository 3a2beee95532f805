// Package bot is a WhatsApp bot that sends a conversation back after silence.
//
// Each message of a user is stored in Redis and restarts the user's timer. When
// the timer lapses, the user gets all of them back, each with its time, and the
// session is over.
//
// Call [New], serve HTTP with the [Bot], keep [Bot.Run] running, and call
// [Bot.Close] at the end. [Check] looks for what is wrong with a set-up.
// Actions for other timers are registered with [Bot.OnExpire] and started with
// [Bot.Timers].
//
// What holds: a message that the webhook acknowledged is in Redis; it is stored
// once, however often it is delivered; appending it and restarting its timer
// are one step; a message that comes while a history is being sent begins the
// next session; of several bots on one Redis, one sends the history.
//
// What does not hold yet: a bot that crashes while it sends a history does not
// send it again, and neither does one that WhatsApp refuses for longer than the
// attempts of [graph.Client.SendText]. Such a session stays in Redis for 24
// hours, under wappa:unsent:<user>:<id>. Redis announces expired keys late when
// it holds many, and not at all to a bot that is away; what was missed is found
// at the next subscription. The databases 0 and 3 rule out Redis Cluster.
package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
	"wappasim/bot/graph"
)

// Inactivity is the action that sends the history.
const Inactivity = "user_inactivity"

const (
	minSilence = time.Second
	maxSilence = 24 * time.Hour

	storeTimeout   = 5 * time.Second // for one exchange with Redis, its retries included
	webhookTimeout = 8 * time.Second // for all the messages of a webhook; Meta does not say how long it waits
)

// Config is all that a bot touches.
type Config struct {
	Redis         *redis.UniversalOptions // required; DB is not used, the bot opens a client each for 0 and 3
	HTTP          *http.Client            // to the Graph API; required
	GraphURL      string                  // with its version: "https://graph.facebook.com/v23.0"; required
	PhoneNumberID string                  // messages to other numbers are passed over; required
	BusinessID    string                  // WhatsApp business account; others are warned of. Default: any
	Token         string                  // of the Graph API; required
	AppSecret     string                  // signs webhooks; required
	VerifyToken   string                  // of the webhook's handshake; required

	Silence  time.Duration        // whole seconds from 1 s to 24 h; default 15 s
	Location *time.Location       // for times in the history; default UTC
	Clock    clock.Clock          // default: wall clock
	NewID    func() string        // never the same twice; default: 128 random bits
	Logger   *slog.Logger         // default: discard
	Metrics  *prometheus.Registry // default: one of its own

	Welcome      func(Session) string   // before a session's first confirmation; default [Welcome]
	Confirmation func(Session) string   // after each message; default [Confirmation]; "" sends none
	History      func(Session) []string // sent as one text, divided if need be between the strings; default [History]
}

// complete fills in defaults and names the first thing that is wrong.
func (c Config) complete() (Config, error) {
	for _, required := range []struct{ name, value string }{
		{"PhoneNumberID", c.PhoneNumberID}, {"Token", c.Token}, {"AppSecret", c.AppSecret}, {"VerifyToken", c.VerifyToken},
	} {
		if required.value == "" {
			return c, fmt.Errorf("bot: Config.%s is missing", required.name)
		}
	}
	if c.Redis == nil {
		return c, errors.New("bot: Config.Redis is missing")
	}
	if c.HTTP == nil {
		return c, errors.New("bot: Config.HTTP is missing")
	}
	if u, err := url.Parse(c.GraphURL); err != nil || u.Host == "" {
		return c, errors.New("bot: Config.GraphURL is not a URL like https://graph.facebook.com/v23.0")
	}
	if c.Silence == 0 {
		c.Silence = 15 * time.Second
	}
	if c.Silence < minSilence || c.Silence > maxSilence || c.Silence%time.Second != 0 {
		return c, fmt.Errorf("bot: Config.Silence is %s: want whole seconds from %s to %s", c.Silence, minSilence, maxSilence)
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Clock == nil {
		c.Clock = clock.New()
	}
	if c.NewID == nil {
		c.NewID = rand.Text
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	if c.Welcome == nil {
		c.Welcome = Welcome
	}
	if c.Confirmation == nil {
		c.Confirmation = Confirmation
	}
	if c.History == nil {
		c.History = History
	}
	return c, nil
}

// client opens a client of one database. It gives up on Redis when a context
// says so, which go-redis does not do by itself.
func (c Config) client(db int) redis.UniversalClient {
	opts := *c.Redis
	opts.DB = db
	opts.ContextTimeoutEnabled = true
	return redis.NewUniversalClient(&opts)
}

// Bot is a running bot. It is safe for concurrent use.
type Bot struct {
	cfg      Config
	log      *slog.Logger
	mux      *http.ServeMux
	metrics  metrics
	graph    *graph.Client
	sessions redis.UniversalClient // database 0
	triggers redis.UniversalClient // database 3
	users    *UserCache
	timers   *expiry.Cache
	actions  *expiry.Registry
	listener *expiry.Listener

	work     lanes              // what is sent, by user
	stopping context.Context    // ends when no attempt is to be repeated
	stop     context.CancelFunc // ends stopping
	close    func() error
}

// New returns a bot. It names the first thing that is wrong with the Config,
// and does not talk to Redis or WhatsApp yet. The caller must call Close.
func New(cfg Config) (*Bot, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	b := &Bot{cfg: cfg, log: cfg.Logger, sessions: cfg.client(usersDB), triggers: cfg.client(expiry.DB)}
	b.stopping, b.stop = context.WithCancel(context.Background())
	b.close = sync.OnceValue(b.shutdown)
	b.work.log = cfg.Logger
	b.users = &UserCache{b.sessions, cfg.NewID, userPrefix}
	b.timers = expiry.NewCache(b.triggers)
	b.graph = &graph.Client{HTTP: cfg.HTTP, Clock: cfg.Clock, URL: cfg.GraphURL, PhoneNumberID: cfg.PhoneNumberID, Token: cfg.Token}
	b.actions = &expiry.Registry{}
	b.listener = &expiry.Listener{
		Client: b.triggers, Registry: b.actions, Clock: cfg.Clock, Logger: cfg.Logger,
		Subscribed: b.reconcile,
		Dispatched: func(action string) { b.metrics.expiries.WithLabelValues(action).Inc() },
	}
	if b.metrics, err = newMetrics(cfg.Metrics, b.listener.Ready); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	if err := b.OnExpire(Inactivity, b.handleInactivity); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	b.mux = b.routes()
	return b, nil
}

// OnExpire registers the handler of an action; see [expiry.Registry.OnExpire].
func (b *Bot) OnExpire(action string, h expiry.Handler) error { return b.actions.OnExpire(action, h) }

// Timers sets and deletes the timers of actions.
func (b *Bot) Timers() *expiry.Cache { return b.timers }

// Users is what the bot keeps of its users.
func (b *Bot) Users() *UserCache { return b.users }

// Run acts on the timers that lapse until ctx ends, then waits for what is
// being sent, and returns nil. Call it once.
func (b *Bot) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, b.stop)()
	return b.listener.Run(ctx)
}

// Close waits for what is being sent, which is not attempted again, and closes
// the connections to Redis. Call it after Run has returned and when no request
// is served any more.
func (b *Bot) Close() error { return b.close() }

func (b *Bot) shutdown() error {
	b.stop()
	b.work.wait()
	if err := errors.Join(b.sessions.Close(), b.triggers.Close()); err != nil {
		return fmt.Errorf("bot: close: %w", err)
	}
	return nil
}

// redisContext bounds one exchange with Redis; the end of ctx does not cut it short.
func (b *Bot) redisContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return b.cfg.Clock.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
}
