// Package fakewa is a stateful fake of Meta's WhatsApp Cloud API: what net/http/httptest
// is for HTTP, for WhatsApp bots.
//
// [New] returns a [Server]. A bot sends to it, in process through
// [Server.Client] or over TCP through any http.Server; users write to the bot
// with a [Phone], and the bot gets it as a signed webhook in Meta's wire form.
// [Server.Conversation] is what a user and the bot said, [Server.Requests] is
// every call of the bot with its verdict, and [Server.Control] is the same by
// HTTP for bots in any language.
//
// It takes texts, mark-as-read with typing, and questions about the business
// number, and refuses the rest as the API refuses what it does not know. It
// does not have the 24-hour window, rate limits, media or templates yet. What it
// records is kept until the server is gone.
package fakewa

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config is how a [Server] is set up. The zero Config works.
type Config struct {
	Webhook    http.Handler // where webhooks go, in process
	WebhookURL string       // or where they go over HTTP; with Webhook, the URL it sees. Default with Webhook: http://bot/webhook

	AppSecret     string // signs webhooks; default "secret"
	VerifyToken   string // of the webhook's handshake; default "verify"
	Token         string // what bots must present; default: any
	PhoneNumberID string // default "106540352242922"
	BusinessID    string // WhatsApp business account; default "102290129340398"
	DisplayNumber string // of the business; default "+1 555-078-3881"

	// Redeliver is how long a webhook that was not answered with 200 is brought
	// again: after 1, 2, 4 and 8 seconds and then every 15. Meta does so for up to
	// 7 days, ever more rarely. Default: not at all.
	Redeliver time.Duration

	// OnRequest is told of every call of a bot, with its verdict, before the bot
	// has the answer. The context is that of the call. It may be nil.
	OnRequest func(context.Context, Request)

	Now  func() time.Time // default time.Now
	Seed uint64           // of the ids: the same seed and calls give the same ids
}

func (c Config) complete() Config {
	c.AppSecret = cmp.Or(c.AppSecret, "secret")
	c.VerifyToken = cmp.Or(c.VerifyToken, "verify")
	c.PhoneNumberID = cmp.Or(c.PhoneNumberID, "106540352242922")
	c.BusinessID = cmp.Or(c.BusinessID, "102290129340398")
	c.DisplayNumber = cmp.Or(c.DisplayNumber, "+1 555-078-3881")
	if c.Webhook != nil {
		c.WebhookURL = cmp.Or(c.WebhookURL, "http://bot/webhook")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// displayDigits is the business number as webhooks have it.
func (c Config) displayDigits() string { return strings.TrimPrefix(Number(c.DisplayNumber), "+") }

// Server is the fake. It is safe for concurrent use.
type Server struct {
	cfg Config
	bot *http.Client // to the webhook
	mux *http.ServeMux

	mu       sync.Mutex     // guards what follows
	drawn    map[string]int // ids, by what they are for
	said     []*Message     // by everybody, in order
	byID     map[string]*Message
	requests []Request
	faults   []*Fault
	outbox   []Webhook // status webhooks to be delivered
	busy     bool      // a goroutine delivers outbox

	sending sync.WaitGroup     // that goroutine
	closing context.Context    // ends with Close
	cancel  context.CancelFunc // ends closing
}

// webhookTimeout is how long the bot may take to answer. Meta does not document its own.
const webhookTimeout = 10 * time.Second

// New returns a server. It starts nothing; call Close when bots are done with it.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg.complete(), byID: make(map[string]*Message), drawn: make(map[string]int)}
	s.closing, s.cancel = context.WithCancel(context.Background())
	s.bot = &http.Client{
		Timeout:       webhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if cfg.Webhook != nil {
		s.bot.Transport = transport{cfg.Webhook}
	}
	s.mux = s.routes()
	return s
}

// Client returns a client whose every request goes to the server, whatever its
// host, in the caller's goroutine.
func (s *Server) Client() *http.Client { return &http.Client{Transport: transport{s}} }

// Close gives up the webhooks under way and waits for their end. The server
// delivers no more.
func (s *Server) Close() {
	s.cancel()
	s.sending.Wait()
	s.bot.CloseIdleConnections()
}

// Config returns how the server is set up, with the defaults filled in.
func (s *Server) Config() Config { return s.cfg }
