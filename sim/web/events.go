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

	"wappasim/internal/sse"
	"wappasim/sim/trace"
)

// feed is what streams of events show: what has happened until the world was last at rest. No
// stream touches the world.
type feed struct {
	mu sync.Mutex // guards what follows
	shown
}

// shown is what a feed shows at a time.
type shown struct {
	run     int
	trace   *trace.Trace  // grows while the world is not at rest
	events  int           // of the trace, when it was
	state   []byte        // of the world, as JSON
	changed chan struct{} // closed when any of it changes
}

func newFeed() *feed { return &feed{shown: shown{changed: make(chan struct{})}} }

// publish shows what has happened to the streams. The caller holds s.mu, or is alone.
func (s *Server) publish() {
	state, happened := s.state(), new(trace.Trace)
	encoded, err := json.Marshal(state)
	if err != nil {
		encoded = []byte("{}") // it has numbers and texts only
	}
	if s.world != nil {
		happened = s.world.Trace()
	}
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if bytes.Equal(encoded, f.state) {
		return
	}
	close(f.changed)
	f.shown = shown{state.Run, happened, state.Events, encoded, make(chan struct{})}
}

func (f *feed) now() shown {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.shown
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
	number, of, _ := strings.Cut(id, "-")
	if of != "" && of != s.process {
		return f, 0, 0, nil
	}
	first, second, _ := strings.Cut(number, ".")
	run, err = strconv.Atoi(first)
	if err == nil {
		after, err = strconv.Atoi(second)
	}
	if err != nil || run < 1 || after < 0 {
		return f, 0, 0, fmt.Errorf("web: %s is %q: want the id of an event, like 1.25 or 1.25-%s: the run, the number and the process", from, id, s.process)
	}
	return f, run, after, nil
}

// A stream takes so many events out of the trace at once, and writes about so many bytes.
const partEvents, partBytes = 256, 32 << 10

// streamEvents writes events until the client is gone, takes nothing more, or the server is
// closed.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request) {
	chosen, run, after, err := s.readStream(r)
	if err != nil {
		answer(w, http.StatusBadRequest, failure{err.Error()})
		return
	}
	out, goesOn := sse.Begin(w, r)
	if !goesOn {
		return
	}
	quiet := time.NewTicker(sse.Quiet)
	defer quiet.Stop()
	to := &stream{s, out, chosen, run, after, nil}
	for {
		now := s.feed.now()
		if to.show(now) != nil {
			return
		}
		for waits := true; waits; {
			select {
			case <-now.changed:
				waits = false
			case <-quiet.C:
				if out.Write(sse.Comment) != nil || out.Flush() != nil {
					return
				}
			case <-r.Context().Done():
				return
			case <-s.life.Done():
				return
			}
		}
		quiet.Reset(sse.Quiet)
	}
}

// stream is a client of events.
type stream struct {
	*Server
	out    *sse.Stream
	chosen filter
	run    int
	told   int           // the number of the last event that it has
	events *trace.Reader // of what comes next; nil: not yet known
}

// show writes what the world is, and what has happened that the client does not have.
func (to *stream) show(now shown) error {
	if to.run != now.run {
		to.run, to.told, to.events = now.run, 0, nil
	}
	if to.events == nil {
		to.told = min(to.told, now.events)
		to.events = now.trace.From(to.told)
	}
	text := sse.Append(nil, "", "world", now.state) // without an id: that of the last event stays
	for more := true; more && to.life.Err() == nil; {
		events := to.events.Next(partEvents, now.events)
		more = len(events) > 0
		for _, e := range events {
			id := "" // the event comes again, with its answer
			if e.N > to.told {
				to.told, id = e.N, fmt.Sprintf("%d.%d-%s", to.run, e.N, to.process)
			}
			if to.chosen.chooses(e) {
				data, _ := json.Marshal(e) // it has numbers and texts only
				text = sse.Append(text, id, "", data)
			}
			if len(text) >= partBytes {
				if err := to.out.Write(text); err != nil {
					return err
				}
				text = text[:0]
			}
		}
	}
	if err := to.out.Write(text); err != nil {
		return err
	}
	return to.out.Flush()
}
