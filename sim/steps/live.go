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
	"strings"
	"sync"
	"time"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
)

// Live plays scenarios with a bot that runs somewhere, in any language: over TCP
// and in real time. Make one with [NewLive], call Register in a suite's scenario
// initializer, and Close at the end.
//
// Waits are real. A message may come early or late by Tolerance, and times of day count
// from the scenario's beginning. Each scenario has people with numbers of its own, so
// that several can play at once. Scenarios that need a world (a crash, a look into Redis,
// a wait longer than Longest) are skipped with the reason; see [Results].
type Live struct {
	cfg      LiveConfig
	listener net.Listener
	server   *http.Server
	served   chan error
	desk     *fakewa.Server // answers calls that belong to no scenario

	mu      sync.Mutex                // guards what follows
	numbers int64                     // given to people so far
	fakes   map[string]*fakewa.Server // by number
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

// Addr returns the address where the bot finds the Graph API.
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

// Register adds the steps to a scenario. What a running bot cannot play is skipped, with
// the reason: a scenario as a whole if one of its steps shows it beforehand, or the rest
// of a scenario at the step that shows it. [Results] counts both as skipped.
func (l *Live) Register(sc *godog.ScenarioContext) {
	s := &scenario{live: l, start: start, checked: make(map[string]int), zones: make(map[string]*time.Location)}
	sc.Before(func(ctx context.Context, scenario *godog.Scenario) (context.Context, error) {
		for _, tag := range scenario.Tags {
			if tag.Name == worldTag {
				return ctx, skip("it has the tag %s", worldTag)
			}
		}
		for _, step := range scenario.Steps {
			if why := l.unplayable(step.Text); why != "" {
				return ctx, skip("%q %s", step.Text, why)
			}
		}
		return ctx, nil
	})
	sc.StepContext().Before(func(ctx context.Context, step *godog.Step) (context.Context, error) {
		if why := l.unplayable(step.Text); why != "" { // a step of a step
			skipNow(ctx, fmt.Sprintf("%q %s", step.Text, why))
		}
		return ctx, nil
	})
	s.register(sc)
	for _, pattern := range l.cfg.Settings {
		sc.Given(pattern, func(string) error { return skip("is a setting, and the bot is set up already") })
	}
}

// maxCall is the largest call that is routed, in bytes.
const maxCall = 1 << 20

// route passes a call of the bot to the fake of the scenario to which it belongs.
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
	to := cmp.Or(call.To, call.Recipient)
	for number, f := range l.fakes {
		if number == fakewa.Number(to) || len(f.Conversation(to)) > 0 || bytes.Contains(id, []byte(strings.TrimPrefix(number, "+"))) {
			fake = f
		}
	}
	l.mu.Unlock()
	fake.ServeHTTP(w, r)
}
