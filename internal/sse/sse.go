// Package sse writes Server-Sent Events, which browsers read with EventSource.
//
//	out, goesOn := sse.Begin(w, r)
//	for text := range texts {
//		if !goesOn || out.Write(text) != nil || out.Flush() != nil {
//			return
//		}
//	}
//
// Who writes decides what is an event and when nothing has happened for [Quiet]. Nothing is
// kept for a client that is slow: a write waits for it, but not for ever.
package sse

import (
	"fmt"
	"net/http"
	"time"
)

// Quiet is after which time without events a stream has [Comment], so that neither end takes
// the connection for a dead one.
const Quiet = 15 * time.Second

const (
	patience   = 30 * time.Second // for a client that takes nothing
	reconnects = time.Second      // after which clients come back
)

// Comment is what clients do not show.
var Comment = []byte(":\n\n")

// Stream is an answer that goes on. It is used by one goroutine at a time.
type Stream struct {
	w   http.ResponseWriter
	out *http.ResponseController
}

// Begin begins a stream. It does not go on if the client wants the headers only, or is gone.
func Begin(w http.ResponseWriter, r *http.Request) (s *Stream, goesOn bool) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // proxies that would hold it back
	w.WriteHeader(http.StatusOK)
	s = &Stream{w, http.NewResponseController(w)}
	return s, r.Method != http.MethodHead && s.Write(fmt.Appendf(nil, "retry: %d\n\n", reconnects.Milliseconds())) == nil
}

// Write writes a part of the stream. It fails if the client is gone, or has taken nothing for
// half a minute.
func (s *Stream) Write(text []byte) error {
	s.mind()
	_, err := s.w.Write(text)
	return err
}

// Flush has the client get what was written. It fails as Write does.
func (s *Stream) Flush() error {
	s.mind()
	return s.out.Flush()
}

// mind bounds how long the next write waits. Not all writers can.
func (s *Stream) mind() { _ = s.out.SetWriteDeadline(time.Now().Add(patience)) }

// Append appends an event to a text. An event without an id leaves that of the last one to the
// client; one without a name is a "message" to browsers. The data has no line break.
func Append(text []byte, id, name string, data []byte) []byte {
	if id != "" {
		text = fmt.Appendf(text, "id: %s\n", id)
	}
	if name != "" {
		text = fmt.Appendf(text, "event: %s\n", name)
	}
	return fmt.Appendf(text, "data: %s\n\n", data)
}
