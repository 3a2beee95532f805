// Package fakewa is a stateful fake of Meta's WhatsApp Cloud API, with which bots are
// tested as net/http/httptest tests HTTP clients.
//
//	bot := &echo{}
//	wa := fakewa.New(fakewa.Config{Webhook: bot})
//	defer wa.Close()
//	bot.graph = wa.Client()
//
//	ana := wa.Phone("+16505551234")
//	if _, err := ana.Say(context.Background(), "hello"); err != nil {
//		fmt.Println(err)
//	}
//	for _, m := range wa.Conversation("+16505551234") {
//		fmt.Println(m.Direction, m.Text)
//	}
//
// A [Server] is one business. The bot calls it in process through [Server.Client], or
// over TCP through any http.Server. Users write with a [Phone], and the bot gets a
// signed webhook in Meta's wire form. [Server.Conversation] is what a user and the bot
// said, [Server.Requests] the bot's calls with their results, [Server.Wait] waits for a
// message. In a test, [Test] closes the server at the end. Package report says what
// production would punish, [Platform] holds several businesses, and package control
// serves all of it over HTTP to bots in any language.
//
// Responses are computed, not canned: message types with their limits, the 24-hour
// window, rate limits, templates with their approval and quality, media and their expiry,
// redelivery of webhooks. All of it runs on one [Clock], so that 30 days pass when a
// test says so. Where Meta's sources contradict each other, a field of [Config] chooses.
//
// What the real API has and the fake does not is refused with 501 and logged; it never
// looks like success. The fake fetches nothing: a message with media by link is taken
// for any http or https URL. The texts of error details are its own.
package fakewa

import (
	"container/list"
	"context"
	"net/http"
	"sync"
	"time"

	"wappasim/fakewa/call"
	"wappasim/fakewa/event"
	"wappasim/fakewa/group"
	"wappasim/fakewa/internal/follow"
	"wappasim/fakewa/internal/media"
	"wappasim/fakewa/internal/standing"
	"wappasim/fakewa/life"
)

// Server is the fake of one business: a WhatsApp business account with a number,
// an app and a webhook. It is safe for concurrent use.
type Server struct {
	// Life is what a test has Meta and people do to templates and limits. It is for reading.
	Life life.Control
	// Calls are the calls of the number, and Groups its groups: what people do in them.
	Calls  *call.Line
	Groups *group.List

	cfg       Config
	clock     *Clock
	bot       *http.Client // to the webhook
	mux       *http.ServeMux
	portfolio *standing.Portfolio // the limit of people; a platform's businesses may share it
	leave     func()              // the portfolio
	happened  *follow.Log[happening]
	apart     string // keeps the ids of media apart from those of a platform's first business; "" for that one

	mu            sync.Mutex               // guards what follows
	seed          uint64                   // of ids
	conversations map[string]*conversation // by user
	recent        *list.List               // of them, least recently active first
	users         map[string]string        // by business-scoped id
	byID          map[string]*Message
	last          uint64         // number of a message
	drawn         map[string]int // ids of no user, by what they are for
	waiters       map[*waiter]bool
	dropped       Dropped
	requests      []*Request
	deliveries    []*Delivery
	attempts      int // to deliver webhooks
	faults        []*Fault
	injected      int // faults
	throughput    limiter
	number        number
	templates     templateList
	callbacks     callbacks
	media         *media.Store
	resumable     *media.Store       // uploads that come in pieces
	outboxes      []outbox           // of webhooks that wait for delivery
	redelivering  int                // webhooks that wait for redelivery
	era           context.Context    // ends with Reset and closing
	endEra        context.CancelFunc // ends era

	sending sync.WaitGroup     // goroutines that deliver
	closing context.Context    // ends with Close
	cancel  context.CancelFunc // ends closing
}

// webhookTimeout is how long the bot may take to answer. Meta does not document its own.
const webhookTimeout = 10 * time.Second

// New returns a server. It starts nothing. The caller must call Close when the bot is
// done.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg.complete()}
	s.Life, s.clock = lives{s}, s.cfg.Clock
	s.portfolio = standing.NewPortfolio(s.cfg.Life)
	s.leave = s.portfolio.Join(s.tellTier)
	s.closing, s.cancel = context.WithCancel(context.Background())
	s.cfg.Flows.Attach(s.flowHost())
	s.happened = follow.New[happening](s.cfg.Limit)
	s.begin(s.cfg.Seed)
	s.bot = &http.Client{
		Timeout:       webhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if cfg.Webhook != nil {
		s.bot.Transport = transport{cfg.Webhook}
	} else {
		tcp := new(http.Transport)
		if standard, ok := http.DefaultTransport.(*http.Transport); ok { // else a test has replaced it
			tcp = standard.Clone()
		}
		tcp.Proxy = nil // the bot is nearby, and the proxy may be this server
		tcp.MaxIdleConnsPerHost = max(s.cfg.Parallel, 2)
		s.bot.Transport = tcp
	}
	s.Calls, s.Groups = call.New(s.host()), group.New(s.host())
	s.mux = s.routes()
	s.clock.watch(s.happened)
	return s
}

// begin sets the state of a new server. The caller holds mu, or is the only one that
// knows the server.
func (s *Server) begin(seed uint64) {
	s.seed = seed
	s.happened.Clear()
	s.note(event.Begin, "", &event.Beginning{Seed: seed})
	s.conversations = make(map[string]*conversation)
	s.recent = list.New()
	s.users = make(map[string]string)
	s.byID = make(map[string]*Message)
	s.last = 0
	s.drawn = make(map[string]int)
	for w := range s.waiters {
		s.wake(w) // to look again
	}
	s.waiters = make(map[*waiter]bool)
	s.dropped = Dropped{}
	s.requests, s.deliveries, s.attempts = nil, nil, 0
	s.faults, s.injected = nil, 0
	s.throughput = limiter{}
	s.number = newNumber(s.clock.Now())
	s.beginTemplates()
	s.portfolio.Reset(s.cfg.Life)
	s.cfg.Flows.Reset()
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

// Close gives up the deliveries under way and waits for their end. The server delivers
// nothing afterwards.
func (s *Server) Close() {
	s.mu.Lock() // a delivery that begins has begun by now, or sees that the server is closed
	s.cancel()
	s.mu.Unlock()
	s.sending.Wait()
	s.leave()
	s.clock.unwatch(s.happened)
	s.happened.Close()
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

// Reset forgets everything that happened and begins again with a seed: ids are those of
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
