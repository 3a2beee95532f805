package bot

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
)

const (
	minSilence = time.Second
	maxSilence = 24 * time.Hour

	storeTimeout   = 5 * time.Second // for one exchange with Redis, its retries included
	webhookTimeout = 8 * time.Second // for all that a webhook holds; Meta does not say how long it waits

	maxWebhooks   = 1024 // handled at a time; further ones are answered 503
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

	// BatchSize is how many messages may share an exchange with Redis when many come
	// at a time; default 1. More is faster. They share its failure as well, but not that of a
	// user's key.
	BatchSize int

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
		return c, fmt.Errorf("bot: Config.ProofTimeout is %s: want at least %s, the lease of a firing", c.ProofTimeout, expiry.Lease)
	}
	if c.RetryFor == 0 {
		c.RetryFor = 24 * time.Hour
	}
	if c.RetryFor < time.Second {
		return c, fmt.Errorf("bot: Config.RetryFor is %s: want at least %s", c.RetryFor, time.Second)
	}
	if c.BatchSize < 0 {
		return c, fmt.Errorf("bot: Config.BatchSize is %d: want at least 1, or 0 for the default", c.BatchSize)
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
