package stacktest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wappasim/fakewa"
)

// Proof is how long the bots of all tests wait for proof that a part was sent: as short
// as the bot allows.
const Proof = 15 * time.Second

// Storage is the Redis of a fleet: a [Redis] or a [Group].
type Storage interface {
	Env() string    // the bot's variable that names it
	Left() []string // what it holds of sessions, timers and histories
}

// FleetConfig says what a fleet is made of.
type FleetConfig struct {
	Redis    Storage
	Replicas int
	Users    int           // default 40, in a full run 200
	Silence  time.Duration // of the bots; default 1 s, in a full run 2 s
	Seed     uint64        // of what is random; default 1
}

// Fleet is some replicas of the bot on one Redis, the fake, a balancer that gives each
// webhook to one of them, and the ledger of it all. Between a replica and a single
// Redis server is a proxy.
type Fleet struct {
	FleetConfig
	Ledger *Ledger
	Fake   *fakewa.Server
	Bots   []*Replica

	// OnMoment is called at each moment of a replica, which waits until it returns. It
	// is set before the replicas are started.
	OnMoment func(r *Replica, moment string)

	// Loses tells whether the answer to a part of a history is lost.
	Loses func(part string) bool

	// RefuseStatuses has the balancer answer 503 to them.
	RefuseStatuses atomic.Bool

	t      testing.TB
	graph  *graphProxy
	client *http.Client // of the balancer
	secret string
	over   atomic.Bool // the test ends: no replica is started

	mu       sync.Mutex
	random   *rand.Rand     // guarded by mu
	speaking sync.WaitGroup // users
	acting   sync.WaitGroup // faults
}

// NewFleet makes a fleet. Its replicas are yet to be started.
func NewFleet(t testing.TB, cfg FleetConfig) *Fleet {
	t.Helper()
	users, silence := 40, time.Second
	if Full {
		users, silence = 200, 2*time.Second
	}
	if cfg.Users == 0 {
		cfg.Users = users
	}
	if cfg.Silence == 0 {
		cfg.Silence = silence
	}
	cfg.Seed = max(cfg.Seed, 1)
	f := &Fleet{
		FleetConfig: cfg, t: t, Ledger: newLedger(cfg.Silence, Proof), random: rand.New(rand.NewPCG(cfg.Seed, uint64(cfg.Replicas))),
		secret:   fmt.Sprintf("secret-%x", rand.Uint64()), // webhooks that go astray to another fleet's port are refused
		client:   &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 512}},
		OnMoment: func(*Replica, string) {}, Loses: func(string) bool { return false },
	}
	watchdog()
	f.graph = startGraphProxy(t, f.called)
	f.Fake = fakewa.New(fakewa.Config{
		Webhook: f, Token: "fleet-token", AppSecret: f.secret, Redeliver: time.Hour, Parallel: -1, OnRequest: f.graph.onRequest,
	})
	f.graph.fake = f.Fake
	t.Cleanup(f.speaking.Wait)
	t.Cleanup(f.Fake.Close)
	t.Cleanup(f.client.CloseIdleConnections)
	for n := range cfg.Replicas {
		f.Bots = append(f.Bots, newReplica(f, n))
	}
	t.Cleanup(func() {
		f.over.Store(true)
		f.acting.Wait()
	})
	return f
}

// Start starts all replicas, and waits until they are ready.
func (f *Fleet) Start() {
	f.t.Helper()
	for _, r := range f.Bots {
		r.Start()
	}
	for _, r := range f.Bots {
		Eventually(f.t, fmt.Sprintf("replica %d to be ready and to hear Redis", r.N), func() bool {
			return r.get("/readyz") == "ready\n" && r.Metric("wappa_listener_up") == 1
		}, f.dump)
	}
}

// Beside does something beside the test: a fault. [Fleet.Settle] waits for it.
func (f *Fleet) Beside(do func()) { f.acting.Go(do) }

// Admin runs an admin command of the bot, and returns what it prints.
func (f *Fleet) Admin(args ...string) string {
	f.t.Helper()
	return Output(f.t, BotCommand(f.t, f.botConfig(0, 0, f.Redis.Env()), args...))
}

func (f *Fleet) botConfig(replica, incarnation int, redis string) BotConfig {
	return BotConfig{
		GraphURL: f.graph.urlOf(replica, incarnation), Token: "fleet-token", AppSecret: f.secret,
		Redis: redis, Silence: f.Silence.String(), Addr: "127.0.0.1:0",
	}
}

// called enters what WhatsApp accepts in the ledger.
func (f *Fleet) called(c graphCall) (lose bool) {
	if !strings.HasPrefix(c.opaque, "history ") {
		return false
	}
	lost := ""
	if c.gaveUp {
		lost = "the replica no longer waited"
	}
	if lose = f.Loses(c.opaque); lose {
		lost = "the connection was cut"
	}
	f.Ledger.takes(c, lost)
	f.OnMoment(f.Bots[c.replica], Sent)
	return lose
}

// answered looks for the moments of a replica in its commands to Redis.
func (f *Fleet) answered(r *Replica, c redisCommand, answer string) {
	moment := c.moment(answer)
	if moment == Begun {
		f.Ledger.begins(c.begins(r.N, answer))
	}
	if moment != "" {
		f.OnMoment(r, moment)
	}
}

// User returns the number of a user.
func (f *Fleet) User(n int) string { return fmt.Sprintf("+1555%07d", n) }

// Say delivers a message of a user until it is acknowledged. It does nothing when the
// test is over.
func (f *Fleet) Say(user, text string) {
	hook, err := f.Fake.Compose(fakewa.Inbound{From: user, Content: fakewa.Text(text)})
	if err != nil {
		f.t.Error(err)
		return
	}
	ctx := context.Background()
	if t, ok := f.t.(interface{ Context() context.Context }); ok {
		ctx = t.Context()
	}
	if answer := f.Fake.Deliver(ctx, hook); !answer.OK() && ctx.Err() == nil {
		f.t.Errorf("%q of %s: got %d %s", text, user, answer.Status, answer.Error)
	}
}
