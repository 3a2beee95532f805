package sim

import (
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

// Env is everything that a bot may touch.
type Env struct {
	Redis *redis.UniversalOptions // any database; change nothing but DB
	HTTP  *http.Client            // to the Graph API and to each [Service]; other clients need its Transport
	Clock clock.Clock             // the replica's, which faults can set; the time package has the world's
	NewID func() string           // never the same twice, and the same in every run

	BotURL        string // where WhatsApp and services reach the bot: http://bot, if [WhatsApp] sets no WebhookURL
	GraphURL      string // with a version
	PhoneNumberID string
	BusinessID    string
	Token         string
	AppSecret     string
	VerifyToken   string

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
		Logger:        w.opts.logger,
		Replica:       i,
	}
}
