// Package fakewa is a stateful fake of Meta's WhatsApp Cloud API: what net/http/httptest
// is for HTTP, for WhatsApp bots.
//
// [New] returns a [Server], which is one business. A bot sends to it, in process
// through [Server.Client] or over TCP through any http.Server; users write to the
// bot with a [Phone], and the bot gets it as a signed webhook in Meta's wire form.
// [Server.Conversation] is what a user and the bot said, [Server.Requests] is
// every call of the bot with its verdict, [Server.Report] is what production would
// punish. [Platform] has several businesses, and all of this by HTTP for bots in
// any language.
//
// A [Phone] sends one message and wants it acknowledged. [Server.Deliver] brings
// several in one webhook, [Server.Compose] and [Server.Bring] are its halves, and
// [Server.Redeliver] brings one again. [Server.Wait] waits for what the bot sends.
//
// It computes what the API does: every message type with its limits, the 24-hour
// window, rate limits, templates and their approval, media and their expiry,
// webhooks that are brought again. All of it runs on one [Clock], so that 30 days
// pass when a test wants them to. What the real API has and the fake does not is
// refused with 501 and logged, never passed over. Media that a message names by a
// link are not fetched: any http or https URL is taken.
//
// message.Supported lists the types of message. Where Meta's sources contradict
// each other or say nothing, a field of [Config] chooses, and its default is what
// most reports have: Window, ThrottleStatus, NoTemplate, Version, UserIDs,
// Escaping, Redeliver, MediaBase64, MessageStatus and Rules. The texts of details
// are the fake's own. It never fetches anything: media by link are taken as they are.
package fakewa

import (
	"container/list"
	"context"
	"net/http"
	"sync"
	"time"

	"wappasim/fakewa/internal/media"
)

// Server is the fake of one business: a WhatsApp business account with a number,
// an app and a webhook. It is safe for concurrent use.
type Server struct {
	cfg   Config
	clock *Clock
	bot   *http.Client // to the webhook
	mux   *http.ServeMux
	apart string // keeps the ids of media apart from those of a platform's first business; "" for that one

	mu            sync.Mutex               // guards what follows
	seed          uint64                   // of ids
	conversations map[string]*conversation // by user
	recent        *list.List               // of them, the one of whom least was heard first
	users         map[string]string        // by business-scoped id
	byID          map[string]*Message
	last          uint64         // number of a message
	drawn         map[string]int // ids of no user, by what they are for
	waiters       map[*waiter]bool
	dropped       Dropped
	requests      []Request
	deliveries    []Delivery
	attempts      int // to bring webhooks
	faults        []*Fault
	injected      int // faults
	throughput    limiter
	number        number
	templates     templateList
	callbacks     callbacks
	media         *media.Store
	resumable     *media.Store       // uploads that come in pieces
	outboxes      []outbox           // of webhooks to be delivered
	redelivering  int                // webhooks that wait for redelivery
	era           context.Context    // ends with Reset and closing
	endEra        context.CancelFunc // ends era

	sending sync.WaitGroup     // goroutines that deliver
	closing context.Context    // ends with Close
	cancel  context.CancelFunc // ends closing
}

// webhookTimeout is how long the bot may take to answer. Meta does not document its own.
const webhookTimeout = 10 * time.Second

// New returns a server. It starts nothing; call Close when bots are done with it.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg.complete()}
	s.clock = s.cfg.Clock
	s.closing, s.cancel = context.WithCancel(context.Background())
	s.begin(s.cfg.Seed)
	s.bot = &http.Client{
		Timeout:       webhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if cfg.Webhook != nil {
		s.bot.Transport = transport{cfg.Webhook}
	} else {
		tcp := http.DefaultTransport.(*http.Transport).Clone()
		tcp.Proxy = nil // the bot is nearby, and the proxy may be this server
		tcp.MaxIdleConnsPerHost = max(s.cfg.Parallel, 2)
		s.bot.Transport = tcp
	}
	s.mux = s.routes()
	return s
}

// begin sets up what a server knows before anything happens. The caller holds mu,
// or is alone.
func (s *Server) begin(seed uint64) {
	s.seed = seed
	s.conversations = make(map[string]*conversation)
	s.recent = list.New()
	s.users = make(map[string]string)
	s.byID = make(map[string]*Message)
	s.last = 0
	s.drawn = make(map[string]int)
	for w := range s.waiters {
		s.wake(w) // looks again
	}
	s.waiters = make(map[*waiter]bool)
	s.dropped = Dropped{}
	s.requests, s.deliveries, s.attempts = nil, nil, 0
	s.faults, s.injected = nil, 0
	s.throughput = limiter{}
	s.number = newNumber()
	s.beginTemplates()
	s.callbacks = callbacks{app: s.cfg.WebhookURL}
	s.media = media.NewStore(s.cfg.MediaBytes, s.cfg.Limit)
	s.resumable = media.NewStore(s.cfg.MediaBytes, s.cfg.Limit)
	s.outboxes = make([]outbox, max(s.cfg.Parallel, 1))
	s.redelivering = 0
	s.era, s.endEra = context.WithCancel(s.closing)
}

// Client returns a client whose every request goes to the server, whatever its
// host, in the caller's goroutine.
func (s *Server) Client() *http.Client { return &http.Client{Transport: transport{s}} }

// Close gives up the webhooks under way and waits for their end. The server
// delivers no more.
func (s *Server) Close() {
	s.mu.Lock() // whoever starts to deliver has done so, or sees that it is too late
	s.cancel()
	s.mu.Unlock()
	s.sending.Wait()
	s.bot.CloseIdleConnections()
}

// Config returns how the server is set up, with the defaults filled in and the present
// seed.
func (s *Server) Config() Config {
	cfg := s.cfg
	s.mu.Lock()
	defer s.mu.Unlock()
	cfg.Seed = s.seed
	return cfg
}

// Reset forgets everything that happened and begins anew with a seed: ids are those of
// a new server. Webhooks that wait for delivery are given up.
func (s *Server) Reset(seed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endEra()
	s.begin(seed)
}

// Tester is what [Test] needs of a *testing.T.
type Tester interface{ Cleanup(func()) }

// Test returns a server that closes itself when the test ends.
func Test(t Tester, cfg Config) *Server {
	s := New(cfg)
	t.Cleanup(s.Close)
	return s
}
