// Package bot is a WhatsApp bot that sends a conversation back after silence.
//
// Each message of a user is stored in Redis and restarts the user's timer. When
// the timer lapses, the user gets all of them back, each with its time, and the
// session is over.
//
// Call [New], serve HTTP with the [Bot], keep [Bot.Run] running, and call
// [Bot.Close] at the end. [Check] looks for what is wrong with a set-up.
// Actions for other timers are registered with [Bot.OnExpire] and started with
// [Bot.Timers]; they have the promises of package expiry, on which the history
// rests like any other action.
//
// # What is promised
//
//  1. A message that the webhook acknowledged is in exactly one history of its own
//     user, in the order of arrival (though a history that WhatsApp took, and that
//     fails then and is sent again, may come after a later one). It survives crashes of any replica at any
//     point; a restart or a fail-over of Redis that kept its data; events of Redis
//     that are missed, late, doubled, switched off or cannot be switched on; and
//     webhooks that are delivered again and side by side.
//  2. No history is begun before the silence is full. After it, while one replica
//     is up, a history is begun within milliseconds, however many users are
//     pending; bot/bench measures it.
//  3. A history is sent once. Each of its parts carries the id of the lapse and its
//     own number, as biz_opaque_callback_data, which comes back in WhatsApp's
//     statuses. Where the answer to an attempt never came or could not be recorded
//     (time-out, connection cut, crash between send and mark), such a status is
//     waited for, for [Config.ProofTimeout], and the part is sent again only if
//     none came. So a second copy needs two losses: the answer, and the status.
//  4. What WhatsApp refuses for now (429, 5xx, 130429, 131056 and the like) is sent
//     again after 1, 4, 16, 64 and then every 120 seconds, up to half of that longer
//     by chance, and no earlier than Retry-After says, for [Config.RetryFor]. What
//     it refuses for good (131047, 131026, 190 and the like), at once or by a failed
//     status, is parked: [Bot.Parked] lists it with the reason, [Bot.Requeue] has it
//     sent again. Nothing is dropped in silence.
//  5. Any number of replicas share the work without configuration. Of a replica
//     that stops, another takes over after [expiry.Lease], 15 seconds, and a third
//     of the silence (a minute at the most). A replica that was frozen does not send
//     what another has taken: it begins each part in Redis, which refuses it, and
//     looks at its clock, right before it sends. What is left is the time from
//     there to the network card.
//  6. Confirmations are best effort: attempted once, and merged into a later one
//     when a user's share of WhatsApp's pair rate limit is two thirds used up, so
//     that the history fits.
//
// # What it rests on
//
// Redis must keep what it acknowledged. One without appendonly loses with a crash
// what came since its last snapshot, one that evicts keys loses timers, and a
// fail-over loses what was not replicated yet; the bot warns of the first two when
// it starts. What is due is decided by Redis' clock.
//
// Exactly once cannot be had from an API that takes the same request twice and has
// no key to tell it by. Hence the window in 3. A history that a frozen replica had
// handed to its network is sent when it wakes; if that is later than ProofTimeout,
// it was sent again by then.
//
// What was delivered is gone from Redis but for a digest of each message id, which
// stays for 7 days. What was sent and is not known to be delivered stays for 24
// hours, in case that WhatsApp says it failed.
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
	webhookTimeout = 8 * time.Second // for all that a webhook holds; Meta does not say how long it waits

	maxWebhooks   = 1024 // dealt with at a time; further ones are answered 503
	maxConfirming = 256  // confirmations sent at a time
	maxWaiting    = 4096 // confirmations that wait; further ones are not sent
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

	Silence      time.Duration // whole seconds from 1 s to 24 h; default 15 s
	SessionLimit int           // messages after which a session is sent without waiting; default 1000
	ProofTimeout time.Duration // how long a status is waited for after an answer of WhatsApp that never came; at least 15 s, default 1 min
	RetryFor     time.Duration // how long a history is attempted that WhatsApp refuses for now; default 24 h

	// Together is how many messages may share an exchange with Redis when many come
	// at a time; default 1. More is faster, and they share its failure as well.
	Together int

	Location *time.Location       // for times in the history; default UTC
	Clock    clock.Clock          // default: wall clock
	NewID    func() string        // never the same twice, and without spaces; default: 128 random bits
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
	if c.SessionLimit == 0 {
		c.SessionLimit = 1000
	}
	if c.SessionLimit < 1 {
		return c, fmt.Errorf("bot: Config.SessionLimit is %d: want at least 1", c.SessionLimit)
	}
	if c.ProofTimeout == 0 {
		c.ProofTimeout = time.Minute
	}
	if c.ProofTimeout < expiry.Lease {
		return c, fmt.Errorf("bot: Config.ProofTimeout is %s: want at least %s, the time that an attempt may take", c.ProofTimeout, expiry.Lease)
	}
	if c.RetryFor == 0 {
		c.RetryFor = 24 * time.Hour
	}
	if c.RetryFor < 0 {
		return c, fmt.Errorf("bot: Config.RetryFor is %s: want a time from 1 s on", c.RetryFor)
	}
	if c.Together < 0 {
		return c, fmt.Errorf("bot: Config.Together is %d: want a number of messages", c.Together)
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

// cluster tells whether the Redis is a Cluster: several addresses and no Sentinel.
func (c Config) cluster() bool {
	return c.Redis.MasterName == "" && (c.Redis.IsClusterMode || len(c.Redis.Addrs) > 1)
}

// clusterReload is how old a Cluster's map of slots may be. A server that freezes
// does not say that another has its slots now, and go-redis asks every minute.
const clusterReload = 2 * time.Second

// client opens a client of one database. It gives up on Redis when a context
// says so, which go-redis does not do by itself.
func (c Config) client(db int) redis.UniversalClient {
	opts := *c.Redis
	opts.DB = db
	opts.ContextTimeoutEnabled = true
	if c.cluster() {
		cluster := opts.Cluster()
		cluster.ClusterStateReloadInterval = clusterReload
		return redis.NewClusterClient(cluster)
	}
	return redis.NewUniversalClient(&opts)
}

// Bot is a running bot. It is safe for concurrent use.
type Bot struct {
	cfg      Config
	log      *slog.Logger
	mux      *http.ServeMux
	metrics  metrics
	graph    *graph.Client
	layout   expiry.Layout
	client   redis.UniversalClient // database 0
	triggers redis.UniversalClient // the triggers' database; in a Cluster, client
	users    *UserCache
	batches  *batches
	timers   *expiry.Timers
	actions  *expiry.Registry
	worker   *expiry.Worker
	listener *expiry.Listener
	hints    hints

	webhooks   chan struct{}      // one for each that is being dealt with
	lanes      lanes              // what is sent, by user
	subscribed chan struct{}      // holds one when the listener has subscribed anew
	stopping   context.Context    // ends when nothing more is to be begun
	stop       context.CancelFunc // ends stopping
	close      func() error
}

// New returns a bot. It names the first thing that is wrong with the Config,
// and does not talk to Redis or WhatsApp yet. The caller must call Close.
func New(cfg Config) (*Bot, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	layout := expiry.Layout{Cluster: cfg.cluster()}
	client := cfg.client(usersDB)
	b := &Bot{
		cfg: cfg, log: cfg.Logger, layout: layout, client: client, triggers: client, actions: &expiry.Registry{},
		webhooks: make(chan struct{}, maxWebhooks), subscribed: make(chan struct{}, 1),
		lanes: lanes{log: cfg.Logger, sending: make(chan struct{}, maxConfirming)},
	}
	if !layout.Cluster {
		b.triggers = cfg.client(expiry.DB)
	}
	b.stopping, b.stop = context.WithCancel(context.Background())
	b.close = sync.OnceValue(b.shutdown)
	b.users = newUserCache(client, layout, cfg.NewID, "user", cfg.SessionLimit, cfg.Together)
	b.batches = &batches{client: client, layout: layout, users: b.users, proof: cfg.ProofTimeout}
	b.graph = &graph.Client{HTTP: cfg.HTTP, Clock: cfg.Clock, URL: cfg.GraphURL, PhoneNumberID: cfg.PhoneNumberID, Token: cfg.Token}
	b.worker = &expiry.Worker{
		Client: client, Layout: layout, Registry: b.actions, Clock: cfg.Clock, Logger: cfg.Logger, NewID: cfg.NewID,
		RetryFor: cfg.RetryFor, Claimed: b.claimed,
	}
	b.timers = &expiry.Timers{Client: client, Layout: layout, Worker: b.worker}
	b.listener = &expiry.Listener{
		Client: b.triggers, Layout: layout, Registry: b.actions, Clock: cfg.Clock, Logger: cfg.Logger,
		Subscribed: b.resubscribed, Heard: b.heard,
	}
	if b.metrics, err = newMetrics(cfg.Metrics, b); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	if err := b.OnExpire(Inactivity, b.handleInactivity); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	b.mux = b.routes()
	return b, nil
}

// OnExpire registers the handler of an action; see [expiry.Registry.OnExpire].
// Call it before Run.
func (b *Bot) OnExpire(action string, h expiry.Handler) error { return b.actions.OnExpire(action, h) }

// Timers sets and deletes the timers of actions.
func (b *Bot) Timers() *expiry.Timers { return b.timers }

// Users is what the bot keeps of its users.
func (b *Bot) Users() *UserCache { return b.users }

// Run acts on the timers that lapse until ctx ends, then waits for what is
// being sent, and returns nil. Call it once.
func (b *Bot) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, b.stop)()
	b.worker.Expect(Inactivity, b.cfg.Silence)
	var helping sync.WaitGroup
	helping.Go(func() { b.warnOfRedis(ctx) })
	helping.Go(func() { b.listener.Run(ctx) })
	helping.Go(func() { b.keepReconciling(ctx) })
	err := b.worker.Run(ctx)
	helping.Wait()
	return err
}

// claimed counts a lapse that the worker has claimed.
func (b *Bot) claimed(l *expiry.Lapse) {
	b.metrics.expiries.WithLabelValues(l.Action).Inc()
	if l.TakenOver {
		b.metrics.takeovers.Inc()
	}
	if l.Attempt == 1 {
		b.metrics.lateness.Observe(l.Late.Seconds())
		b.metrics.missed.Add(float64(b.hints.claimed(l.Key, b.cfg.Clock.Now())))
	}
}

// heard takes the hint that a trigger expired.
func (b *Bot) heard(action, identifier string) {
	b.metrics.heard.Inc()
	b.hints.heard(b.layout.Trigger(action, identifier), b.cfg.Clock.Now())
	b.worker.LookWithin(action, identifier, time.Millisecond)
}

// resubscribed looks for what was missed.
func (b *Bot) resubscribed() {
	b.worker.LookAtAll()
	select {
	case b.subscribed <- struct{}{}:
	default:
	}
}

// Close waits for what is being sent, which is not attempted again, and closes
// the connections to Redis. Call it after Run has returned and when no request
// is served any more.
func (b *Bot) Close() error { return b.close() }

func (b *Bot) shutdown() error {
	b.stop()
	b.lanes.wait()
	err := b.client.Close()
	if b.triggers != b.client {
		err = errors.Join(err, b.triggers.Close())
	}
	if err != nil {
		return fmt.Errorf("bot: close: %w", err)
	}
	return nil
}

// redisContext bounds one exchange with Redis; the end of ctx does not cut it short.
func (b *Bot) redisContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return b.cfg.Clock.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
}
