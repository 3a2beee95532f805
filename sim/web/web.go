// Package web puts a world behind HTTP, for a page, a script and curl: its people, its time,
// what is in its Redis, faults, what happens, and the talk to keep.
//
//	s, err := web.New(web.Config{Bot: newKeeper})
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	return http.ListenAndServe("127.0.0.1:4005", s)
//
// GET /_sim/openapi.yaml describes the interface. Under /_fakewa/ is the control API of the
// world's WhatsApp, see package wappasim/fakewa/control: people write there. Every request
// that may change the world is a step; steps are taken again when the world is begun anew, and
// are what is kept as a scenario or as a Go test.
//
// Everything else is the page of package wappasim/fakewa/page, a client of both.
//
// A server asks nobody for a password: let it listen where only its user is. It refuses what a
// web page elsewhere may have sent, as [control.Guard] does.
package web

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
	"wappasim/fakewa/page"
	"wappasim/sim"
	"wappasim/sim/internal/inside"
	"wappasim/sim/internal/scene"
	"wappasim/sim/recording"
)

// Config is the world that a [Server] begins. Bot is required.
type Config struct {
	Bot      sim.Factory
	Options  []sim.Option // of the world; Seed and Replicas come after them
	Seed     uint64
	Replicas int      // of the bot; default 1
	Hosts    []string // names under which the server is called, other than localhost and addresses

	// MaxEvents is how many events the trace may have: time moves no more then. One move of
	// time ends after half of them. Default 2,000,000, which take about two gigabytes.
	MaxEvents int
}

// Server is a world behind HTTP. It is safe for concurrent use: requests that touch the world
// are carried out one after another.
type Server struct {
	cfg     Config
	mux     *http.ServeMux
	process string   // in the ids of events: numbers of another server mean nothing
	ids     []string // of the world's business, in paths
	feed    *feed
	clock   *pacer // moves time while the pace is real

	life context.Context // ended by Close: moves of time end, and streams
	over context.CancelFunc

	mu     sync.Mutex // guards what follows; held while a request is carried out
	world  *sim.World
	began  time.Time
	broken error // why there is no world; nil: there is
	run    int   // how often a world has begun
	talk
	keys *recording.Keys
}

// talk is what has been done to a world.
type talk struct {
	seed   uint64
	people []person
	steps  []step
	scene  *scene.Scene
}

//go:embed web.yaml
var document []byte

// New begins a world. The caller must call [Server.Close].
func New(cfg Config) (*Server, error) {
	if cfg.Bot == nil {
		return nil, errors.New("web: Config.Bot is nil: want the factory of the bot")
	}
	if cfg.MaxEvents < 0 {
		return nil, fmt.Errorf("web: Config.MaxEvents is %d: want a number of events, or 0 for %d", cfg.MaxEvents, defaultMaxEvents)
	}
	cfg.Replicas, cfg.MaxEvents = cmp.Or(cfg.Replicas, 1), cmp.Or(cfg.MaxEvents, defaultMaxEvents)
	s := &Server{cfg: cfg, mux: http.NewServeMux(), process: rand.Text()[:6], feed: newFeed()}
	s.life, s.over = context.WithCancel(context.Background())
	s.clock = newPacer(s.passReal)
	if err := s.begin(cfg.Seed); err != nil {
		s.over()
		return nil, err
	}
	if err := s.world.Meta(func(wa *fakewa.Server) error {
		s.ids = []string{wa.Config().BusinessID, wa.Config().PhoneNumberID}
		return nil
	}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.publish()
	s.route()
	return s, nil
}

// begin begins a world. The caller holds mu, or is alone.
func (s *Server) begin(seed uint64) error {
	options := append(append([]sim.Option{}, s.cfg.Options...), sim.Seed(seed), sim.Replicas(s.cfg.Replicas))
	s.run++
	s.talk = talk{seed: seed}
	s.world, s.broken = sim.New(s.cfg.Bot, options...)
	if s.broken != nil {
		s.world = nil
		return s.broken
	}
	s.scene = scene.New(s.world)
	s.keys = inside.Record(s.world)
	s.began = s.world.Now()
	return nil
}

// Close ends the world, every stream of events, and a move of time that is under way.
func (s *Server) Close() error {
	s.over()
	s.clock.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.world == nil {
		return nil
	}
	err := s.world.Close()
	s.world, s.broken = nil, errors.New("web: the server is closed")
	return err
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// routes are what is answered while nothing else is.
var routes = map[string]func(*Server, *request) (any, error){
	"GET /_sim/{$}":       func(s *Server, _ *request) (any, error) { return s.state(), nil },
	"POST /_sim/people":   (*Server).addPerson,
	"GET /_sim/time":      func(s *Server, _ *request) (any, error) { return s.time(), nil },
	"POST /_sim/time":     (*Server).moveTime,
	"GET /_sim/next":      (*Server).listScheduled,
	"GET /_sim/redis":     (*Server).listKeys,
	"GET /_sim/faults":    (*Server).listFaults,
	"POST /_sim/faults":   (*Server).injectFault,
	"DELETE /_sim/faults": (*Server).healFaults,
	"GET /_sim/steps":     (*Server).listSteps,
	"POST /_sim/restart":  (*Server).restart,
	"GET /_sim/keep":      (*Server).keep,
	"GET /_sim/viewer":    (*Server).viewer,
	"/_fakewa/":           (*Server).control,
}

func (s *Server) route() {
	guarded := http.NewServeMux()
	for pattern, h := range routes {
		guarded.HandleFunc(pattern, s.handler(h))
	}
	guarded.HandleFunc("GET /_sim/events", s.streamEvents)
	guarded.HandleFunc("GET /_fakewa/events", s.streamFake)
	guarded.HandleFunc("GET /_sim/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(document) // the client went away
	})
	guarded.HandleFunc("/_sim/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotFound, failure{fmt.Sprintf("web: unknown endpoint %s %s; GET /_sim/openapi.yaml lists them", r.Method, r.URL.Path)})
	})
	s.mux.Handle("/_sim/", control.Guard(guarded, s.cfg.Hosts...))
	s.mux.Handle("/_fakewa/", control.Guard(s.ownBusiness(guarded), s.cfg.Hosts...))
	s.mux.Handle("/", page.Handler())
}

// worldState is what GET /_sim/ answers.
type worldState struct {
	Process  string   `json:"process"`
	Run      int      `json:"run"`
	Seed     uint64   `json:"seed"`
	Replicas int      `json:"replicas"`
	Steps    int      `json:"steps"`
	People   []person `json:"people"`
	Active   []string `json:"active"`
	Broken   string   `json:"broken,omitempty"`
	timeState
}

// state returns what the world is. The caller holds mu.
func (s *Server) state() worldState {
	state := worldState{Process: s.process, Run: s.run, Seed: s.seed, Replicas: s.cfg.Replicas, Steps: len(s.steps), People: append([]person{}, s.people...), timeState: s.time(), Active: []string{}}
	if s.broken != nil {
		state.Broken = s.broken.Error()
		return state
	}
	for _, f := range inside.Active(s.world) {
		state.Active = append(state.Active, f.Sentence)
	}
	return state
}
