// Package bot is a WhatsApp bot that sends a user's messages back after a silence.
//
//	b, err := bot.New(bot.Config{
//		Redis:    &redis.UniversalOptions{Addrs: []string{"localhost:6379"}},
//		HTTP:     http.DefaultClient,
//		GraphURL: "https://graph.facebook.com/v23.0", PhoneNumberID: phoneID, Token: token,
//		AppSecret: appSecret, VerifyToken: "any word",
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer b.Close()
//	go func() { log.Fatal(http.ListenAndServe(":8000", b)) }()
//	err = b.Run(ctx)
//
// Each message of a user is stored in Redis and restarts the user's timer. When the
// timer fires, the bot sends the user the history: all messages of the session, each
// with its time. The next message begins a new session.
//
// [Check] checks a set-up. [Bot.OnExpire] registers handlers for timers of your own,
// and [Bot.Timers] sets them; package expiry says what they guarantee.
//
// # Guarantees
//
//  1. One history. A message that the webhook acknowledged is in exactly one history of
//     its own user, in the order of arrival. This survives crashes of any replica at any
//     point; a restart or a fail-over of Redis that kept its data; events of Redis that
//     are missed, late, doubled or switched off; and webhooks that are redelivered, also
//     concurrently. A history that WhatsApp accepted, that then failed and is sent again,
//     can arrive after a later one. A message that the user edits before its history is begun
//     has its latest words there, and one that the user deletes is in none; an edit that comes
//     later is in the next one.
//  2. Not early, and on time. A history is sent once the user has been silent for
//     [Config.Silence], or the session is full ([Config.SessionLimit] messages or a
//     megabyte); never earlier. While one replica is up, it begins within milliseconds,
//     however many users are pending; bot/bench measures that.
//  3. Sent once. Each part of a history carries the id of the firing and its own number
//     as biz_opaque_callback_data, which WhatsApp's statuses bring back. If the answer to
//     a call never came or could not be recorded, the bot waits [Config.ProofTimeout] for
//     such a status, and sends the part again only if none comes. So a second copy needs
//     two losses: the answer, and the status.
//  4. Retried or parked, never dropped. What WhatsApp refuses for now (429, 5xx, 130429,
//     131056 and similar) is sent again after 1, 4, 16, 64 and then every 120 seconds,
//     each up to half longer by chance, and no earlier than Retry-After says, for
//     [Config.RetryFor]. What it refuses for good (131047, 131026, 190 and similar), at
//     once or by a failed status, is parked: [Bot.Parked] lists it with the reason, and
//     [Bot.Requeue] sends it again.
//  5. Replicas share the work without configuration. If a replica stops, another takes
//     over within [expiry.Lease], 15 seconds, and a third of the silence (at most a
//     minute). A replica that was frozen does not send what another replica has taken: it
//     begins each part in Redis, which refuses it, and checks its clock right before it
//     sends. Only the time from that check to the network card is left.
//  6. Confirmations are best effort. The bot attempts each once. It merges them into a
//     later one when two thirds of a user's share of WhatsApp's pair rate limit are used
//     up, so that the history still fits.
//
// # Limits
//
// Redis must keep what it acknowledged. A Redis without appendonly loses in a crash what
// came since its last snapshot; one that evicts keys loses timers; a fail-over loses
// what was not replicated yet. The bot warns of the first two when it starts. A session
// is deleted if no replica has handled it for 7 days after its silence. Redis' clock
// decides what is due.
//
// Nobody can send exactly once through an API that accepts the same request twice and
// has no idempotency key; guarantee 3 says how close the bot comes. A history that a
// frozen replica had already handed to its network is sent when the replica wakes. If
// that is later than ProofTimeout, another replica has sent it by then.
//
// Once a history is delivered, Redis keeps only a digest of each message id, for 7 days.
// A history that is sent and not known to be delivered stays for 24 hours, because
// WhatsApp can still report that it failed.
package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
	"wappasim/bot/graph"
)

// Inactivity is the action that sends the history.
const Inactivity = "user_inactivity"

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
	outbox   *outbox
	timers   *expiry.Timers
	actions  *expiry.Registry
	worker   *expiry.Worker
	listener *expiry.Listener
	missed   missedEvents

	webhooks   chan struct{}      // holds one for each webhook that is being handled
	queues     userQueues         // confirmations and histories to be sent, by user
	subscribed chan struct{}      // holds one after the listener has subscribed
	stopping   context.Context    // ends when the bot must begin no more sends
	stop       context.CancelFunc // ends stopping
	close      func() error
}

// New returns a bot. Its error names the first thing that is wrong with the Config. New
// does not connect to Redis or WhatsApp. The caller must call Close.
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
		queues: userQueues{log: cfg.Logger, sending: make(chan struct{}, maxConfirming)},
	}
	if !layout.Cluster {
		b.triggers = cfg.client(expiry.DB)
	}
	b.stopping, b.stop = context.WithCancel(context.Background())
	b.close = sync.OnceValue(b.shutdown)
	b.users = newUserCache(client, layout, cfg.NewID, "user", cfg.SessionLimit, cfg.BatchSize)
	b.outbox = &outbox{client: client, layout: layout, users: b.users, proof: cfg.ProofTimeout}
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

// Timers returns what sets and deletes timers of actions.
func (b *Bot) Timers() *expiry.Timers { return b.timers }

// Users returns the cache of users' messages and fields.
func (b *Bot) Users() *UserCache { return b.users }

// Run handles timers that fire until ctx ends. Then it waits for the handlers that are
// running and returns nil. Call it once.
func (b *Bot) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, b.stop)()
	b.worker.Expect(Inactivity, b.cfg.Silence)
	var background sync.WaitGroup
	background.Go(func() { b.warnOfRedis(ctx) })
	background.Go(func() { b.listener.Run(ctx) })
	background.Go(func() { b.keepTimersComplete(ctx) })
	err := b.worker.Run(ctx)
	background.Wait()
	return err
}

// claimed counts a firing that the worker claimed.
func (b *Bot) claimed(f *expiry.Firing) {
	b.metrics.expiries.WithLabelValues(f.Action).Inc()
	if f.TakenOver {
		b.metrics.takeovers.Inc()
	}
	if f.Attempt == 1 {
		b.metrics.lateness.Observe(f.Late.Seconds())
		b.metrics.missed.Add(float64(b.missed.claimed(f.Key, b.cfg.Clock.Now())))
	}
}

// heard notes the event that a trigger expired.
func (b *Bot) heard(action, identifier string) {
	b.metrics.heard.Inc()
	b.missed.heard(b.layout.Trigger(action, identifier), b.cfg.Clock.Now())
	b.worker.LookWithin(action, identifier, time.Millisecond)
}

// resubscribed looks for timers whose events came while nobody was subscribed.
func (b *Bot) resubscribed() {
	b.worker.LookAtAll()
	select {
	case b.subscribed <- struct{}{}:
	default:
	}
}

// Close waits for the sends that are under way, attempts none of them again, and closes
// the connections to Redis. Call it after Run has returned and the HTTP server has
// stopped.
func (b *Bot) Close() error { return b.close() }

func (b *Bot) shutdown() error {
	b.stop()
	b.queues.wait()
	err := b.client.Close()
	if b.triggers != b.client {
		err = errors.Join(err, b.triggers.Close())
	}
	if err != nil {
		return fmt.Errorf("bot: close: %w", err)
	}
	return nil
}

// redisContext bounds one exchange with Redis. The end of ctx does not interrupt it.
func (b *Bot) redisContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return b.cfg.Clock.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
}
