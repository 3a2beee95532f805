package web

import (
	"fmt"
	"net/http"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
	"wappasim/sim/internal/inside"
)

// streamFake streams what happens in the world's WhatsApp, outside of the world: the log of
// events can be read from there. The stream ends with the world, and a client that comes back
// to another one gets everything from its beginning.
func (s *Server) streamFake(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.world == nil {
		s.mu.Unlock()
		answer(w, http.StatusConflict, failure{s.noWorld().Error()})
		return
	}
	run := fmt.Sprintf("-%d", s.run)
	var platform *fakewa.Platform = inside.Platform(s.world)
	s.mu.Unlock()
	r = r.Clone(r.Context())
	if id, ours := strings.CutSuffix(r.Header.Get("Last-Event-ID"), run); ours {
		r.Header.Set("Last-Event-ID", id) // else it is of no stream that the control API knows
	}
	if q := r.URL.Query(); strings.HasSuffix(q.Get("after"), run) {
		q.Set("after", strings.TrimSuffix(q.Get("after"), run))
		r.URL.RawQuery = q.Encode()
	}
	control.Handler(platform, s.cfg.Hosts...).ServeHTTP(&runWriter{w, run}, r)
}

// runWriter adds the run to the ids of events, which begin anew with each.
type runWriter struct {
	http.ResponseWriter
	run string
}

// Write writes a part of a stream, which has one event at most.
func (w *runWriter) Write(text []byte) (int, error) {
	if id, rest, found := strings.Cut(string(text), "\n"); found && strings.HasPrefix(id, "id: ") {
		if _, err := w.ResponseWriter.Write([]byte(id + w.run + "\n" + rest)); err != nil {
			return 0, err
		}
		return len(text), nil
	}
	return w.ResponseWriter.Write(text)
}

// Unwrap is for [http.ResponseController].
func (w *runWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
