// Package sim is a world for a WhatsApp bot: people, WhatsApp, Redis and time
// in one process.
//
// Time is virtual. It stands still until [World.Wait] moves it, event by event,
// and costs microseconds: a bot that waits 15 seconds is tested in none.
//
//	w, err := sim.New(factory, sim.Test(t))
//	w.Say("Ana", "hello")
//	w.Wait(15 * time.Second)
//	w.Inbox("Ana")
//
// The bot is what it is in production. Its [Factory] gets an [Env] with all that
// it may touch; what it gets elsewhere (sockets, names, a package's default
// client) is outside the world, and ends in [Stuck]. When a method returns, the
// bot is idle: every goroutine waits for time, for WhatsApp or for Redis.
//
// WhatsApp is [fakewa], Redis is miniredis; it announces expired keys exactly on
// time, once the bot has configured it to. Real Redis is later than that.
package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"wappasim/fakewa"
)

// App is a bot: it serves WhatsApp's webhooks under /webhook, and Run does what
// it does by itself until the context ends. If it is an [io.Closer], Close is
// called after Run has returned.
type App interface {
	http.Handler
	Run(context.Context) error
}

// Factory makes a bot. It is called for each replica, and again after a crash
// or restart. It must not wait.
type Factory func(Env) (App, error)

// Env is all that a bot may touch.
type Env struct {
	Redis *redis.UniversalOptions // any database; change nothing but DB
	HTTP  *http.Client            // to the Graph API
	Clock clock.Clock             // the time package serves as well
	NewID func() string           // never the same twice, and the same in every run

	GraphURL      string // with a version
	PhoneNumberID string
	BusinessID    string
	Token         string
	AppSecret     string
	VerifyToken   string

	Logger  *slog.Logger
	Replica int // from 0
}

type options struct {
	start    time.Time
	seed     uint64
	replicas int
	patience time.Duration
	logger   *slog.Logger
	test     *testing.T
}

// Option changes how a world begins.
type Option func(*options)

// Start sets the time at which the world begins, 2000 or later. Default:
// Monday, 2026-01-05 09:00 UTC.
func Start(t time.Time) Option { return func(o *options) { o.start = t } }

// Seed sets where the ids of messages come from. Default: 0.
func Seed(n uint64) Option { return func(o *options) { o.seed = n } }

// Replicas sets how many bots share the Redis; webhooks go to them in turn.
// Default: 1.
func Replicas(n int) Option { return func(o *options) { o.replicas = n } }

// Patience sets the real time without progress after which a world is [Stuck].
// Default: 5 seconds.
func Patience(d time.Duration) Option { return func(o *options) { o.patience = d } }

// Logger sets where the bot logs to. Default: nowhere.
func Logger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// Test closes the world at the end of a test, and fails the test with what Close
// returns.
func Test(t *testing.T) Option { return func(o *options) { o.test = t } }

// World is people, WhatsApp, Redis, time and a bot. It is safe for concurrent
// use; calls run one after another.
type World struct {
	factory  Factory
	opts     options
	bubble   *bubble
	progress atomic.Int64 // grows while something happens

	calls  sync.Mutex // held during a call
	broken error      // why no call is possible any more; guarded by calls

	// What follows is used in the bubble.
	fake      *fakewa.Server
	store     *store
	lives     int // of replicas so far
	redisDown bool

	mu       sync.Mutex        // guards what follows
	replicas []*replica        // nil: down
	turn     int               // of the replica that gets the next webhook
	numbers  map[string]string // by name
}

const (
	graphURL = "https://graph.facebook.com/v23.0"
	token    = "world-token"

	// answerTime bounds the virtual time until a webhook is answered, and until
	// a bot has ended.
	answerTime = 2 * time.Minute

	// leakTime is the virtual time after which a goroutine that is left is a leak.
	leakTime = 10 * time.Second
)

// New begins a world with a bot in it. The caller must call [World.Close],
// unless the world was made with [Test].
func New(f Factory, opts ...Option) (*World, error) {
	w := &World{factory: f, numbers: make(map[string]string), opts: options{
		start:    time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
		replicas: 1,
		patience: 5 * time.Second,
		logger:   slog.New(slog.DiscardHandler),
	}}
	for _, opt := range opts {
		opt(&w.opts)
	}
	if w.opts.replicas < 1 {
		return nil, fmt.Errorf("sim: a world needs at least one replica, not %d", w.opts.replicas)
	}
	w.replicas = make([]*replica, w.opts.replicas)
	w.bubble = newBubble(w.opts.test)
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
	var err error
	if w.store, err = newStore(func() { w.progress.Add(1) }); err != nil {
		return err
	}
	w.fake = fakewa.New(fakewa.Config{Webhook: balancer{w}, Token: token, Seed: w.opts.seed})
	for i := range w.replicas {
		if err := w.start(i); err != nil {
			return err
		}
	}
	return nil
}

// env is what replica i may touch in its coming life.
func (w *World) env(i int, l *link) Env {
	var ids atomic.Int64
	life := w.lives
	wa := w.fake.Config()
	client := w.fake.Client()
	client.Transport = roundTripper{l, client.Transport}
	return Env{
		Redis: &redis.UniversalOptions{
			Addrs:  []string{"127.0.0.1:6379"}, // a literal: names are looked up outside the world
			Dialer: l.dialer(w.store.dial),
			// go-redis shares timers of waiting callers between worlds, which
			// ends the process: nobody must wait for a connection.
			PoolSize:                 1000,
			ReadBufferSize:           4096,
			WriteBufferSize:          4096,
			PipelineReadBufferSize:   4096,
			PipelineWriteBufferSize:  4096,
			MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		},
		HTTP:          client,
		Clock:         clock.New(),
		NewID:         func() string { return fmt.Sprintf("%x-%d-%d", w.opts.seed, life, ids.Add(1)) },
		GraphURL:      graphURL,
		PhoneNumberID: wa.PhoneNumberID,
		BusinessID:    wa.BusinessID,
		Token:         token,
		AppSecret:     wa.AppSecret,
		VerifyToken:   wa.VerifyToken,
		Logger:        w.opts.logger,
		Replica:       i,
	}
}

// do runs a call in the bubble, under the watch of real time.
func (w *World) do(f func() error) error {
	w.calls.Lock()
	defer w.calls.Unlock()
	if w.broken != nil {
		return w.broken
	}
	err := w.bubble.do(f, w.watch)
	if errors.Is(err, errStuck) {
		w.broken = &Stuck{After: w.opts.patience, Goroutines: goroutines(w.bubble.name, func(header string) bool {
			return !strings.Contains(header, "(durable)")
		})}
		return w.broken
	}
	return err
}

// watch gives up on a call in which nothing happens any more.
func (w *World) watch() (enough <-chan struct{}, stop func()) {
	gaveUp, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		tick := time.NewTicker(w.opts.patience)
		defer tick.Stop()
		for seen := w.progress.Load(); ; {
			select {
			case <-stopped:
				return
			case <-tick.C:
			}
			now := w.progress.Load()
			if now == seen {
				close(gaveUp)
				return
			}
			seen = now
		}
	}()
	return gaveUp, func() { close(stopped) }
}

// settle lets the bot come to rest at the present time and tells it of the keys
// that expired, one by one.
func (w *World) settle() {
	for {
		settle()
		w.progress.Add(1)
		w.store.catchUp()
		if !w.store.announce() {
			return
		}
	}
}

// pass lets time pass, event by event, until it is the given time and the bot
// is at rest, or until done.
func (w *World) pass(until time.Time, done <-chan struct{}) {
	for {
		w.settle()
		at := until
		if e, ok := w.store.next(); ok && e.at.Before(until) {
			at = e.at
		}
		select {
		case <-done:
			return
		default:
		}
		if !time.Now().Before(until) {
			return
		}
		timer := time.NewTimer(time.Until(at))
		select {
		case <-timer.C:
		case <-done:
		case <-w.store.touched:
		}
		timer.Stop()
	}
}

// await lets time pass until something is done.
func (w *World) await(done <-chan struct{}, what string) error {
	w.pass(time.Now().Add(answerTime), done)
	w.settle()
	select {
	case <-done:
		return nil
	default:
		return fmt.Errorf("sim: waited %s of virtual time for the bot's %s", answerTime, what)
	}
}

// aside runs f beside the world's time, which passes until f returns.
func (w *World) aside(what string, f func()) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return w.await(done, what)
}

func (w *World) replica(i int) *replica {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.replicas[i]
}

func (w *World) setReplica(i int, r *replica) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replicas[i] = r
}

// nextApp returns the bot whose turn it is to get a webhook, or nil.
func (w *World) nextApp() App {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range w.replicas {
		r := w.replicas[w.turn]
		w.turn = (w.turn + 1) % len(w.replicas)
		if r != nil {
			return r.app
		}
	}
	return nil
}

// Close ends the bot and the world. It returns what the bot's Run and Close
// returned, or a [Leak] if goroutines are left.
func (w *World) Close() error {
	w.calls.Lock()
	over := w.broken != nil
	w.calls.Unlock()
	if over {
		return nil // closed before, or said when it broke
	}
	err := w.do(w.finish)
	w.calls.Lock()
	defer w.calls.Unlock()
	if leak, ok := errors.AsType[*Leak](err); ok || w.broken != nil {
		// Goroutines that are left keep the bubble: it stays, at a standstill.
		w.broken = cmp.Or[error](w.broken, leak)
		return err
	}
	w.broken = errors.New("sim: the world is closed")
	return errors.Join(err, w.bubble.end())
}

// finish ends everything in the world. It runs in the bubble.
func (w *World) finish() error {
	var errs []error
	for i := range w.replicas {
		errs = append(errs, w.end(i, false))
	}
	if w.fake != nil {
		errs = append(errs, w.aside("last webhooks to be answered", w.fake.Close))
	}
	if w.store != nil {
		w.store.redis.Close()
	}
	settle()
	left := goroutines(w.bubble.name, everyone)
	if len(left) > 0 { // some end by themselves, like the last attempt to connect
		time.Sleep(leakTime)
		settle()
		left = goroutines(w.bubble.name, everyone)
	}
	if len(left) > 0 {
		errs = append(errs, &Leak{left})
	}
	return errors.Join(errs...)
}

var _ io.Closer = (*World)(nil)
