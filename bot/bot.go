// Package bot is a WhatsApp bot that sends a conversation back after silence.
//
// Each message of a user is stored in Redis and restarts the user's timer. When
// the timer fires, the user gets all of them back, each with its time, and the
// session is over.
//
//	b, err := bot.New(bot.Config{
//		Redis:         &redis.UniversalOptions{Addrs: []string{"127.0.0.1:6379"}},
//		HTTP:          http.DefaultClient,
//		GraphURL:      "https://graph.facebook.com/v23.0",
//		PhoneNumberID: os.Getenv("WHATSAPP_PHONE_ID"),
//		Token:         os.Getenv("WHATSAPP_TOKEN"),
//		AppSecret:     os.Getenv("WHATSAPP_APP_SECRET"),
//		VerifyToken:   os.Getenv("WHATSAPP_VERIFY_TOKEN"),
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer b.Close()
//	go http.ListenAndServe(":8080", b) // WhatsApp's webhooks
//	log.Print(b.Run(ctx))              // the timers
//
// [Check] looks for what is wrong with a set-up. [Bot.OnExpire] registers actions for
// other timers, which [Bot.Timers] sets; package expiry says what it guarantees for
// them, and for the history, which is such an action.
//
// # Guarantees
//
//  1. A message that the webhook acknowledged is in exactly one history of its own
//     user, in the order of arrival (though a history that WhatsApp took, and that
//     fails then and is sent again, may come after a later one). It survives crashes of any replica at any
//     point; a restart or a fail-over of Redis that kept its data; events of Redis
//     that are missed, late, doubled, switched off or cannot be switched on; and
//     webhooks that are delivered again and side by side.
//  2. No history is begun before the silence is full, or the session is
//     ([Config.SessionLimit], or a megabyte). After it, while one replica
//     is up, a history is begun within milliseconds, however many users are
//     pending; bot/bench measures it.
//  3. A history is sent once. Each of its parts carries the id of the firing and its
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
// it starts. A session that no replica has dealt with for 7 days after its silence is
// gone. What is due is decided by Redis' clock.
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

	webhooks   chan struct{}      // one for each that is being dealt with
	queues     userQueues         // what is sent, by user
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

// Timers sets and deletes the timers of actions.
func (b *Bot) Timers() *expiry.Timers { return b.timers }

// Users is what the bot keeps of its users.
func (b *Bot) Users() *UserCache { return b.users }

// Run acts on the timers that fire until ctx ends, then waits for what is
// being sent, and returns nil. Call it once.
func (b *Bot) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, b.stop)()
	b.worker.Expect(Inactivity, b.cfg.Silence)
	var helping sync.WaitGroup
	helping.Go(func() { b.warnOfRedis(ctx) })
	helping.Go(func() { b.listener.Run(ctx) })
	helping.Go(func() { b.keepTimersComplete(ctx) })
	err := b.worker.Run(ctx)
	helping.Wait()
	return err
}

// claimed counts a firing that the worker has claimed.
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

// redisContext bounds one exchange with Redis; the end of ctx does not cut it short.
func (b *Bot) redisContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return b.cfg.Clock.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
}
