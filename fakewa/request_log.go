package fakewa

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/event"
	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/redact"
)

// Request is a call of the bot and its result.
type Request struct {
	At     time.Time    `json:"at"`
	Method string       `json:"method"`
	Path   string       `json:"path"`             // as it was called, with its version
	Body   string       `json:"body"`             // without its secrets; "" if it was a file
	Status int          `json:"status"`           // of the answer; 0: there was none, and the call was not processed
	Fault  int          `json:"fault,omitempty"`  // the id of the fault that it met
	Error  *graph.Error `json:"error,omitempty"`  // nil if it was accepted
	Why    string       `json:"why,omitempty"`    // the reason of a refusal in the fake's words, where the API does not tell it
	ID     string       `json:"id,omitempty"`     // of the message that was sent, if one was
	Lost   bool         `json:"lost,omitempty"`   // the answer never reached the bot
	Failed int          `json:"failed,omitempty"` // Meta's code in the message's status "failed"

	Unknown []string `json:"unknown,omitempty"` // keys that the fake does not know, if the Config takes them; as in "image.filename"

	After uint64 `json:"-"` // N of the last message that was written before the answer

	took time.Duration // until the answer, by the machine's clock
}

// Requests returns the calls of the bot, oldest first, also the refused ones.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return values(s.requests)
}

func (s *Server) record(r *http.Request, began time.Time, body []byte, status int, refused *graph.Error, answer any, fault Fault) {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	user := ""
	call := &Request{
		At: s.clock.Now(), took: time.Since(began), Fault: fault.ID, Method: r.Method, Path: path,
		Body: redact.Body(r.Header.Get("Content-Type"), body), Status: status, Error: refused, Lost: fault.Lost || r.Context().Err() != nil,
	}
	if taken, ok := answer.(accepted); ok {
		call.ID, call.Unknown = taken.message.ID, taken.message.content.Unknown
		user = taken.message.User
		if failed := taken.message.Error; failed != nil {
			call.Failed = failed.Code
		}
	}
	if o, ok := answer.(odd); ok {
		call.Unknown = o.unknown
	}
	s.mu.Lock()
	call.After = s.last
	if refused != nil {
		call.Why = refused.Why
		if to := s.targetOf(r, body).user; to != "" {
			user = s.user(to)
		}
	}
	s.requests = keep(s.requests, call, s.cfg.Limit, &s.dropped.Requests)
	s.happened.Add(happening{at: call.At, kind: event.Request, user: user, about: call})
	s.mu.Unlock()
	if s.cfg.OnRequest != nil {
		s.cfg.OnRequest(r.Context(), *call)
	}
}

// odd is the answer to a call that was accepted with keys that the fake does not know.
type odd struct {
	answer  any
	unknown []string
}

func (o odd) MarshalJSON() ([]byte, error) { return json.Marshal(o.answer) }

// values returns copies of the entries of a log.
func values[T any](log []*T) []T {
	copies := make([]T, len(log))
	for i, entry := range log {
		copies[i] = *entry
	}
	return copies
}

// keep appends to a log; if it is full, its older half is dropped.
func keep[T any](log []T, entry T, limit int, dropped *int) []T {
	if n := len(log); n >= limit {
		*dropped += n - n/2
		log = slices.Delete(log, 0, n-n/2)
	}
	return append(log, entry)
}
