// Package sim plays a WhatsApp bot in a world of its own: people, WhatsApp, Redis
// and time in one process, in which waiting 15 seconds takes microseconds.
//
//	w, err := sim.New(newTally) // a Factory, which makes the bot from an Env
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer w.Close()
//	w.Say("Ana", "hello")
//	w.Wait(10 * time.Second)
//	for _, m := range w.Inbox("Ana") {
//		fmt.Println(m.At.Format(time.TimeOnly), m.Text)
//	}
//
// Time is virtual. It stands still between calls, and [World.Wait] moves it from one
// event to the next. When a method returns, the bot is idle: each of its goroutines
// waits for time, for WhatsApp or for Redis.
//
// The bot is what it is in production. Its [Factory] gets an [Env] with everything
// that it may touch. WhatsApp is a [fakewa.Server]. Redis is miniredis, which
// announces expired keys exactly on time, once the bot has configured that. In
// production events are late or lost, and other things fail too: [World.Inject] lets
// faults begin, [Explore] looks for a seed under which the bot fails, and a
// [trace.Trace] shows what happened.
//
// What a world does not do:
//
//   - It has no other network than the Env's: WhatsApp, Redis, and what [Service] puts there.
//     An http.Client, a Redis client or a socket that the bot makes without the Env is a
//     real one. It finds no name: looking one up
//     is an error that says so. A connection to an IP address is made, and virtual time
//     stands still until the other end answers. If that takes longer than [StallTimeout],
//     the world is [Stuck].
//   - It cannot move time while a goroutine waits for a mutex. If another one holds that
//     while it talks to Redis or WhatsApp, the world has the answer come at once, without
//     the [Latency]. If it sleeps, or a fault makes WhatsApp slow, the bot is Stuck.
//   - It does not order the timers that a bot sets for the very same instant. With
//     Latency, nothing else happens at the same instant.
package sim

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9/logging"

	"wappasim/fakewa"
	"wappasim/sim/internal/bubble"
	"wappasim/sim/internal/fakeredis"
	"wappasim/sim/internal/offline"
	"wappasim/sim/internal/place"
	"wappasim/sim/trace"
)

// World is people, WhatsApp, Redis, time and a bot. It is safe for concurrent
// use; calls run one after another.
type World struct {
	factory  Factory
	opts     options
	bubble   *bubble.Bubble
	place    *place.Place
	progress atomic.Int64  // grows while the world makes progress
	delays   bubble.Delays // of what is on its way to Redis and WhatsApp

	hurriedAt atomic.Int64 // the world's time when hurry was called last, in ns
	hurried   int          // how often it was then; of hurry alone

	calls  sync.Mutex // held during a call
	broken error      // why no call is possible any more; guarded by calls

	trace trace.Trace
	notes keyNotes

	// What follows is used by one call at a time, in the bubble.
	platform     *fakewa.Platform
	fake         *fakewa.Server    // the first business of platform, which has the bot
	graph        http.RoundTripper // to fake
	services     services
	redis        *fakeredis.Redis
	began        time.Time // when the replicas had started
	incarnations int       // so far, of all replicas
	redisDown    bool
	agenda       []appointment // by time
	lasting      []*lasting    // faults
	excused      []excuse
	eventFaults  []Fault          // that coming expiry events meet
	holding      Fault            // MessagesReversed or MessagesTogether
	held         []fakewa.Inbound // of MessagesTogether
	heldHooks    []fakewa.Webhook // of MessagesReversed
	background   sync.WaitGroup   // goroutines of the world's own
	release      func()           // gives http.DefaultTransport back

	woken    chan struct{} // wake has been called
	redisLag atomic.Int64  // by which each command is slower, a time.Duration
	newest   atomic.Pointer[link]

	mu            sync.Mutex        // guards what follows
	replicas      []*incarnation    // nil: down
	turn          int               // of the replica that gets the next webhook
	numbers       map[string]string // by name
	webhookFaults []Fault           // that coming webhooks meet
	attempts      map[uint64]int    // to deliver each webhook, by its hash
	heard         chan struct{}     // closed at the bot's next call to the Graph API; nil: nobody waits for it
	stopping      []*incarnation    // being ended in good order
	ended         []ending          // incarnations that others follow
	judged        *run              // by Judge
}

const (
	token = "world-token"

	// leakTime is the virtual time after which a goroutine that is left is a leak.
	leakTime = 10 * time.Second
)

// quiet keeps go-redis from writing to stderr about each connection that a fault
// breaks.
var quiet sync.Once

// New begins a world with a bot in it. The caller must call [World.Close], unless the
// world is made with [Test].
func New(f Factory, opts ...Option) (*World, error) {
	if f == nil {
		return nil, errors.New("sim: the factory is nil: want a function that makes the bot")
	}
	w := &World{factory: f, release: func() {}, numbers: make(map[string]string), attempts: make(map[uint64]int), opts: options{
		start:        time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
		replicas:     1,
		stallTimeout: 5 * time.Second,
		answers:      true,
		logger:       slog.New(slog.DiscardHandler),
	}}
	for _, opt := range opts {
		opt(&w.opts)
	}
	if err := w.opts.check(); err != nil {
		return nil, err
	}
	quiet.Do(logging.Disable)
	offline.Begin()
	w.replicas = make([]*incarnation, w.opts.replicas)
	w.bubble, w.place = bubble.New(w.opts.test), place.New(w.opts.seed)
	if err := w.do(w.begin); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if w.opts.test != nil {
		w.opts.test.Cleanup(func() {
			if err := w.Close(); err != nil {
				w.opts.test.Error(err)
			}
		})
	}
	return w, nil
}

// begin sets the world up. It runs in the bubble.
func (w *World) begin() error {
	if time.Until(w.opts.start) < 0 {
		return fmt.Errorf("sim: the world cannot begin at %s: its earliest time is %s", w.opts.start.UTC().Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339))
	}
	time.Sleep(time.Until(w.opts.start))
	w.woken = make(chan struct{}, 1) // made in the bubble: one from outside would stop its time
	var err error
	hooks := fakeredis.Hooks{Command: func() { w.progress.Add(1) }, Change: func() { w.notes.changes.Add(1); w.wake() }}
	if w.redis, err = fakeredis.New(w.opts.seed, hooks); err != nil {
		return err
	}
	w.notes.keys.Store(w.opts.keys)
	var cfg fakewa.Config
	if w.opts.redeliver > 0 {
		cfg.Parallel = -1 // else webhooks that are redelivered would hold up the others
	}
	for _, set := range w.opts.whatsapp {
		set(&cfg)
	}
	if err := cfg.Check(); err != nil {
		return fmt.Errorf("sim: how WhatsApp is set up: %w", err)
	}
	cfg.Webhook, cfg.Token, cfg.Seed, cfg.Redeliver, cfg.OnRequest = balancer{w}, token, w.opts.seed, w.opts.redeliver, w.called
	if w.platform, err = fakewa.NewPlatform(cfg); err != nil {
		return fmt.Errorf("sim: how WhatsApp is set up: %w", err)
	}
	w.fake = w.platform.First()
	w.graph = fakewa.InProcess(w.fake)
	w.watchFlows()
	if err := w.services.begin(w.opts.services, w.botURL()); err != nil {
		return err
	}
	w.release = w.capture()
	for i := range w.replicas {
		if err := w.start(i); err != nil {
			return err
		}
	}
	w.began = time.Now()
	return nil
}

// Close stops the bot and ends the world. It returns the errors of the bot's Run and
// Close, and a [*Leak] if goroutines are left. After the first call it does nothing.
func (w *World) Close() error {
	w.calls.Lock()
	over := w.broken != nil
	w.calls.Unlock()
	if over {
		return w.place.Remove() // closed before, or the call that broke it has said why
	}
	err := w.do(w.finish)
	err = errors.Join(err, w.place.Remove())
	w.calls.Lock()
	defer w.calls.Unlock()
	if leak, ok := errors.AsType[*Leak](err); ok || w.broken != nil {
		// The bubble cannot end before its goroutines: it stays, its time stands still, and
		// they may still use its id.
		w.broken = cmp.Or[error](w.broken, leak)
		return err
	}
	w.broken = errors.New("sim: the world is closed")
	w.place.Free()
	return errors.Join(err, w.bubble.End())
}

// finish ends everything in the world. It runs in the bubble.
func (w *World) finish() error {
	w.trace.End()
	defer w.release()
	var errs []error
	for i := range w.replicas {
		errs = append(errs, w.end(i))
	}
	if w.fake != nil {
		errs = append(errs, w.aside("the bot to answer the last webhooks", w.platform.Close))
	}
	errs = append(errs, w.aside("crashed replicas to return from Run and Close, webhooks to arrive and services to answer", w.background.Wait), w.services.failed())
	if w.redis != nil {
		w.redis.Close()
	}
	bubble.Settle()
	left := w.bubble.Goroutines()
	if len(left) > 0 { // some end by themselves, like an attempt to connect
		time.Sleep(leakTime)
		bubble.Settle()
		left = w.bubble.Goroutines()
	}
	if len(left) > 0 {
		errs = append(errs, &Leak{left})
		for _, g := range left {
			w.trace.Add(trace.Event{Who: "the bot", What: trace.Leaks, Text: g})
		}
	}
	return errors.Join(errs...)
}
