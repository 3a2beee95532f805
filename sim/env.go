package sim

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"wappasim/sim/internal/graphcall"

	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// App is a bot: it serves WhatsApp's webhooks under /webhook (or another path: [WhatsApp]),
// and Run does its other work until the context ends. If it is an [io.Closer], Close is
// called after Run has returned.
type App interface {
	http.Handler
	Run(context.Context) error
}

// Factory makes a bot. It is called for each replica, and again after a crash or
// restart. It must not wait for time, WhatsApp or Redis.
type Factory func(Env) (App, error)

// Env is everything that a bot may touch.
type Env struct {
	Redis *redis.UniversalOptions // any database; change nothing but DB
	HTTP  *http.Client            // to the Graph API and to each [Service]; other clients need its Transport
	Clock clock.Clock             // the replica's, which faults can set; time.Now has the world's time, which they cannot
	NewID func() string           // never the same twice, and the same in every run

	BotURL        string // where WhatsApp and services reach the bot: http://bot, if [WhatsApp] sets no WebhookURL
	GraphURL      string // with a version
	PhoneNumberID string
	BusinessID    string
	Token         string
	AppSecret     string
	VerifyToken   string

	// Life ends when the replica crashes, before any call of it fails, and when it has
	// ended in good order. The contexts of Run and of webhooks end no later. What does not
	// go through the Env, such as a database file, must ask it: a crash stops no goroutine.
	Life context.Context
	// Dir returns a folder that is the world's own, makes it if need be, and fails only if
	// it cannot. All replicas share it, it outlives them, and World.Close removes it.
	Dir func() (string, error)
	// ID names the world where several share a place, such as databases in memory. No two
	// open worlds of a process have the same, and a seed that is played alone has the same in
	// every run.
	ID string

	Logger  *slog.Logger
	Replica int // from 0
}

// botURL is where WhatsApp and services reach the bot.
func (w *World) botURL() string {
	u, err := url.Parse(w.fake.Config().WebhookURL)
	if err != nil {
		return "" // the configuration was checked
	}
	return root(u)
}

// retryBackoff is how long go-redis waits before it repeats a command.
const retryBackoff = 64 * time.Millisecond

// env is what the coming incarnation of replica i may touch.
func (w *World) env(i int, l *link) Env {
	var ids atomic.Int64
	incarnation := w.incarnations
	wa := w.fake.Config()
	return Env{
		Redis: &redis.UniversalOptions{
			Addrs:  []string{"127.0.0.1:6379"}, // a literal: names are looked up outside the world
			Dialer: l.dial,
			// go-redis would share the timers of waiting callers between worlds, which
			// ends the process: no caller must ever wait for a connection.
			PoolSize:                1000,
			ReadBufferSize:          4096,
			WriteBufferSize:         4096,
			PipelineReadBufferSize:  4096,
			PipelineWriteBufferSize: 4096,
			// Between equal bounds, nothing is left to chance.
			MinRetryBackoff:          retryBackoff,
			MaxRetryBackoff:          retryBackoff,
			MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		},
		HTTP:          &http.Client{Transport: l},
		Clock:         skewedClock{clock.New(), l},
		NewID:         func() string { return fmt.Sprintf("%x-%d-%d", w.opts.seed, incarnation, ids.Add(1)) },
		BotURL:        w.botURL(),
		GraphURL:      graphcall.BaseURL,
		PhoneNumberID: wa.PhoneNumberID,
		BusinessID:    wa.BusinessID,
		Token:         token,
		AppSecret:     wa.AppSecret,
		VerifyToken:   wa.VerifyToken,
		Life:          l.life,
		Dir:           w.place.Dir,
		ID:            w.place.ID,
		Logger:        w.opts.logger,
		Replica:       i,
	}
}
