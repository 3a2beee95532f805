package steps

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/internal/graphcall"
)

// Live plays scenarios with a bot that runs somewhere, in any language: over TCP
// and in real time. Make one with [NewLive], call Register in a suite's scenario
// initializer, and Close at the end.
//
// Waits are real. What is due is looked for until Tolerance after its time, and
// may come that much early or late; times of day count from the scenario's
// beginning. Each scenario has people with numbers of its own, so that several
// can play at once. Those that need a world (a crash, a look into Redis, a wait
// longer than Longest) are skipped; Skipped lists them.
type Live struct {
	cfg      LiveConfig
	listener net.Listener
	server   *http.Server
	served   chan error
	desk     *fakewa.Server // answers what is nobody's

	mu      sync.Mutex                // guards what follows
	numbers int64                     // given to people so far
	fakes   map[string]*fakewa.Server // by number
	skipped []string
}

// LiveConfig is how a [Live] is set up.
type LiveConfig struct {
	Fake      fakewa.Config // WebhookURL is the bot's, required; Clock and Seed are not used
	Graph     string        // address where the bot finds the Graph API, "127.0.0.1:4004"
	Tolerance time.Duration // default 1 s
	Longest   time.Duration // real time that a step may take; default 1 min

	// Settings are patterns, each with one group, of a suite's own steps that set
	// the bot up. A running bot is set up already: scenarios with them are skipped.
	Settings []string
}

// NewLive starts the Graph API. It fails if the address cannot be listened on.
func NewLive(cfg LiveConfig) (*Live, error) {
	cfg.Tolerance = cmp.Or(cfg.Tolerance, time.Second)
	cfg.Longest = cmp.Or(cfg.Longest, time.Minute)
	listener, err := net.Listen("tcp", cfg.Graph)
	if err != nil {
		return nil, fmt.Errorf("steps: listen for the bot's calls: %w", err)
	}
	l := &Live{
		cfg: cfg, listener: listener, served: make(chan error, 1), desk: fakewa.New(cfg.Fake),
		numbers: rand.Int64N(1_000_000) * 1000, fakes: make(map[string]*fakewa.Server),
	}
	l.server = &http.Server{Handler: http.HandlerFunc(l.route), ReadHeaderTimeout: 10 * time.Second}
	go func() { l.served <- l.server.Serve(listener) }()
	return l, nil
}

// Addr is where the bot finds the Graph API.
func (l *Live) Addr() string { return l.listener.Addr().String() }

// Verify makes the handshake that Meta makes when a webhook is set. It fails if
// the bot does not answer or answers something else.
func (l *Live) Verify() error { return l.desk.Verify(context.Background()) }

// Close stops the Graph API.
func (l *Live) Close() error {
	err := l.server.Close()
	if served := <-l.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	l.desk.Close()
	return err
}

// Skipped returns the scenarios that were skipped, each with the reason.
func (l *Live) Skipped() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(slices.Values(l.skipped))
}

// Register adds the steps to a scenario.
func (l *Live) Register(sc *godog.ScenarioContext) {
	s := &scenario{live: l, start: start, checked: make(map[string]int)}
	sc.Before(func(ctx context.Context, scenario *godog.Scenario) (context.Context, error) {
		for _, step := range scenario.Steps {
			if why := l.impossible(step.Text); why != "" {
				l.mu.Lock()
				l.skipped = append(l.skipped, fmt.Sprintf("%s: %s: %q %s", scenario.Uri, scenario.Name, step.Text, why))
				l.mu.Unlock()
				return ctx, godog.ErrSkip
			}
		}
		return ctx, nil
	})
	s.register(sc)
	for _, pattern := range l.cfg.Settings {
		sc.Given(pattern, func(string) error { return godog.ErrSkip })
	}
}

var (
	looksIntoRedis = regexp.MustCompile(`^Redis (holds|keeps) `)
	needsWorld     = regexp.MustCompile(`^(the (bot runs on \d+ replicas|seed is \d+)|WhatsApp (limits|delivers again) .*)$`)
	passes         = regexp.MustCompile(`^(\S+ [a-z]+) pass(?:es)?$`)
)

// impossible tells why a step cannot be played with a running bot; "": it can.
func (l *Live) impossible(step string) (why string) {
	if looksIntoRedis.MatchString(step) {
		return "looks into the world's Redis"
	}
	if needsWorld.MatchString(step) {
		return "needs a world"
	}
	if t, err := sim.ParseFault(step); err == nil && !ofAPI(t) {
		return "is fault that only a world can have"
	}
	if m := passes.FindStringSubmatch(step); m != nil {
		if d, err := sim.ParseDuration(m[1]); err == nil && d > l.cfg.Longest {
			return fmt.Sprintf("would take longer than %s", l.cfg.Longest)
		}
	}
	for _, setting := range l.cfg.Settings {
		if regexp.MustCompile(setting).MatchString(step) {
			return "is a setting, and the bot is set up already"
		}
	}
	return ""
}

func ofAPI(t sim.Fault) bool {
	switch t.Kind {
	case sim.APIAnswers, sim.APISlow, sim.APISilent, sim.APILoses, sim.APIFails, sim.TokenExpires:
		return true
	}
	return false
}

// maxCall is the largest call that is routed, in bytes.
const maxCall = 1 << 20

// route brings a call of the bot to the fake of the scenario that it is for.
func (l *Live) route(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var call struct {
		To, Recipient string
		MessageID     string `json:"message_id"`
	}
	_ = json.Unmarshal(body, &call) // the fake says what is wrong with it
	id, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(call.MessageID, "wamid."))
	fake := l.desk
	l.mu.Lock()
	for number, f := range l.fakes {
		if number == fakewa.Number(cmp.Or(call.To, call.Recipient)) || bytes.Contains(id, []byte(strings.TrimPrefix(number, "+"))) {
			fake = f
		}
	}
	l.mu.Unlock()
	fake.ServeHTTP(w, r)
}

// running is a scenario with a running bot.
type running struct {
	live    *Live
	fake    *fakewa.Server
	began   time.Time // real
	start   time.Time // what the scenario takes that for
	planned time.Duration
	numbers map[string]string // of this scenario's people
}

func (l *Live) begin(start time.Time) *running {
	r := &running{live: l, began: time.Now(), start: start, numbers: make(map[string]string)}
	cfg := l.cfg.Fake
	cfg.Seed, cfg.Clock = rand.Uint64(), fakewa.ClockFrom(start)
	r.fake = fakewa.New(cfg)
	return r
}

func (r *running) Now() time.Time { return r.start.Add(time.Since(r.began)) }

// Wait waits until what the steps have planned so far has passed.
func (r *running) Wait(d time.Duration) error {
	r.planned += d
	time.Sleep(time.Until(r.began.Add(r.planned)))
	return nil
}

func (r *running) WaitUntil(t time.Time) error {
	if d := t.Sub(r.start) - r.planned; d > r.live.cfg.Longest {
		return godog.ErrSkip
	} else if d > 0 {
		return r.Wait(d)
	}
	return nil
}

// Number gives each person of the scenario a number that nobody has had.
func (r *running) Number(who string) string {
	r.live.mu.Lock()
	defer r.live.mu.Unlock()
	if r.numbers[who] == "" {
		r.live.numbers++
		number := fmt.Sprintf("+1%010d", 5_000_000_000+r.live.numbers%1_000_000_000)
		r.numbers[who] = number
		r.live.fakes[number] = r.fake
	}
	return r.numbers[who]
}

func (r *running) Say(who, text string) error {
	return r.Send(sim.Message{Who: who, Content: fakewa.Text(text)})
}

func (r *running) Send(batch ...sim.Message) error {
	var inbound []fakewa.Inbound
	for _, m := range batch {
		inbound = append(inbound, fakewa.Inbound{From: r.Number(m.Who), Content: m.Content})
	}
	hook, err := r.fake.Compose(inbound...)
	if err != nil {
		return err
	}
	return taken(r.fake.Deliver(context.Background(), hook), nil)
}

func (r *running) Redeliver(who string) error {
	var last string
	for _, m := range r.fake.Conversation(r.Number(who)) {
		if m.Direction == fakewa.In {
			last = m.ID
		}
	}
	return taken(r.fake.Redeliver(context.Background(), last))
}

func taken(answer fakewa.Answer, err error) error {
	if err == nil && answer.Status != http.StatusOK {
		err = &sim.Refused{Answer: answer}
	}
	return err
}

func (r *running) SendUnsigned(m sim.Message) (fakewa.Answer, error) {
	hook, err := r.fake.Compose(fakewa.Inbound{From: r.Number(m.Who), Content: m.Content})
	if err != nil {
		return fakewa.Answer{}, err
	}
	return r.fake.Post(context.Background(), hook.Body, fakewa.Sign("not the app secret", hook.Body)), nil
}

func (r *running) Read(who string) error {
	r.fake.Phone(r.Number(who)).Read()
	return nil
}

func (r *running) Inbox(who string) []fakewa.Message { return r.fake.Phone(r.Number(who)).Inbox() }
func (r *running) Requests() []fakewa.Request        { return r.fake.Requests() }

func (r *running) Conversation(who string) []fakewa.Message {
	return r.fake.Conversation(r.Number(who))
}

func (r *running) Call(method, path, body string) (fakewa.Answer, error) {
	return graphcall.Do(r.fake.Client(), cmp.Or(r.fake.Config().Token, "any"), method, path, body)
}

func (r *running) Inject(t sim.Fault) error {
	switch t.Kind {
	case sim.APIAnswers:
		r.fake.Inject(fakewa.Fault{Code: t.Code, Times: t.N})
	case sim.APISlow:
		r.fake.Inject(fakewa.Fault{Delay: t.By, Times: t.N})
	case sim.APISilent:
		r.fake.Inject(fakewa.Fault{Silent: true, Times: max(t.N, 1)})
	case sim.APILoses:
		r.fake.Inject(fakewa.Fault{Lost: true, Times: max(t.N, 1)})
	case sim.TokenExpires:
		id := r.fake.Inject(fakewa.Fault{Code: 190})
		if t.For > 0 {
			time.AfterFunc(t.For, func() { r.fake.RemoveFault(id) })
		}
	default:
		return godog.ErrSkip
	}
	return nil
}

// Keys is never asked for: scenarios that look into Redis are skipped.
func (r *running) Keys() []sim.Key { return nil }

func (r *running) Close() error {
	r.live.mu.Lock()
	for _, number := range r.numbers {
		delete(r.live.fakes, number)
	}
	r.live.mu.Unlock()
	r.fake.Close()
	return nil
}
