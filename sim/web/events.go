package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"wappasim/sim/trace"
)

// feed is what streams of events show: what has happened until the world was last at rest. No
// stream touches the world.
type feed struct {
	mu      sync.Mutex // guards what follows
	run     int
	events  []trace.Event // that do not change
	state   []byte        // of the world, as JSON
	changed chan struct{} // closed when any of it changes
	over    bool
}

func newFeed() *feed { return &feed{changed: make(chan struct{})} }

// publish shows what has happened to the streams. The caller holds s.mu, or is alone.
func (s *Server) publish() {
	state := s.state()
	encoded, err := json.Marshal(state)
	if err != nil {
		encoded = []byte("{}") // it has numbers and texts only
	}
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if bytes.Equal(encoded, f.state) {
		return
	}
	if s.world != nil && (state.Run != f.run || state.Events != len(f.events)) {
		f.events = s.world.Trace().Events()
	}
	f.run, f.state = state.Run, encoded
	f.wake()
}

func (f *feed) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// close ends all streams.
func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
	f.wake()
}

// filter chooses the events of a stream.
type filter struct {
	what []string // empty: all
	who  string   // empty: all
}

// kinds are those of events that happen before a world's end.
var kinds = []string{trace.Says, trace.Acts, trace.Delivers, trace.Answers, trace.Calls, trace.Sends, trace.Commands, trace.Expires, trace.Injects, trace.Starts, trace.Crashes}

func (f filter) chooses(e trace.Event) bool {
	return (len(f.what) == 0 || slices.Contains(f.what, e.What)) && (f.who == "" || e.Who == f.who || e.To == f.who)
}

// readStream reads what a client wants: which events, and after which of which run.
func (s *Server) readStream(r *http.Request) (f filter, run, after int, err error) {
	q := r.URL.Query()
	for name := range q {
		if !slices.Contains([]string{"what", "who", "after"}, name) {
			return f, 0, 0, fmt.Errorf("web: unknown parameter %q: want after, what or who", name)
		}
	}
	if what := q.Get("what"); what != "" {
		f.what = strings.Split(what, ",")
		for _, kind := range f.what {
			if !slices.Contains(kinds, kind) {
				return f, 0, 0, fmt.Errorf("web: what has %q: want some of %s", kind, strings.Join(kinds, ","))
			}
		}
	}
	if f.who = q.Get("who"); f.who != "" {
		s.mu.Lock()
		if i := slices.IndexFunc(s.people, func(p person) bool { return p.Name == f.who }); i >= 0 {
			f.who = s.people[i].User
		}
		s.mu.Unlock()
	}
	id, from := r.Header.Get("Last-Event-ID"), "Last-Event-ID"
	if id == "" {
		id, from = q.Get("after"), "after"
	}
	if id == "" {
		return f, 0, 0, nil
	}
	first, second, _ := strings.Cut(id, ".")
	run, err = strconv.Atoi(first)
	if err == nil {
		after, err = strconv.Atoi(second)
	}
	if err != nil || run < 1 || after < 0 {
		return f, 0, 0, fmt.Errorf("web: %s is %q: want the id of an event, like 1.25: the run and the number", from, id)
	}
	return f, run, after, nil
}

// keepAlive is how often a stream says something when nothing happens, so that neither end
// takes the connection for a dead one.
const keepAlive = 15 * time.Second

// streamEvents writes events until the client is gone or the server is closed.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request) {
	chosen, run, after, err := s.readStream(r)
	if err != nil {
		answer(w, http.StatusBadRequest, failure{err.Error()})
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		f := s.feed
		f.mu.Lock()
		now, events, state, changed, over := f.run, f.events, f.state, f.changed, f.over
		f.mu.Unlock()
		if now != run {
			run, after = now, 0
		}
		var b bytes.Buffer
		fmt.Fprintf(&b, "event: world\ndata: %s\n\n", state) // without an id: that of the last event stays
		for _, e := range events[min(after, len(events)):] {
			if chosen.chooses(e) {
				data, _ := json.Marshal(e) // it has numbers and texts only
				fmt.Fprintf(&b, "id: %d.%d\ndata: %s\n\n", run, e.N, data)
			}
		}
		after = len(events)
		if _, err := w.Write(b.Bytes()); err != nil || out.Flush() != nil || over {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}
