package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"wappasim/sim"
)

// maxBody is the largest body of a request that is read, in bytes: a film of 16 MB as base64.
const maxBody = 24 << 20

// request is a request whose body has been read: nothing in a world may wait for a client.
type request struct {
	*http.Request
	body []byte
}

// failure is the body of each answer that is no success.
type failure struct {
	Error string `json:"error"`
}

// statusError is an error with another status than 400.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }

// conflict is an error with status 409: the request is right, and the world is not.
func conflict(format string, args ...any) error {
	return &statusError{http.StatusConflict, fmt.Errorf(format, args...)}
}

// created is an answer with status 201.
type created struct{ value any }

// raw is an answer that is written as it is.
type raw struct {
	status int
	header http.Header
	body   []byte
}

// handler makes a handler of what carries out a request while nothing else does.
func (s *Server) handler(h func(*Server, *request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			answer(w, http.StatusRequestEntityTooLarge, failure{fmt.Sprintf("web: read the body: %v", err)})
			return
		}
		value, err := func() (any, error) {
			s.mu.Lock()
			defer s.mu.Unlock() // a handler that panics must not keep it
			value, err := h(s, &request{r, body})
			if r.Method != http.MethodGet {
				s.publish()
			}
			return value, err
		}()
		status := http.StatusOK
		if err != nil {
			status, value = http.StatusBadRequest, failure{err.Error()}
			if own, ok := errors.AsType[*statusError](err); ok {
				status = own.status
			} else if _, ok := errors.AsType[*sim.Stuck](err); ok {
				status = http.StatusConflict
			}
		}
		switch made := value.(type) {
		case created:
			answer(w, http.StatusCreated, made.value)
		case raw:
			for name, values := range made.header {
				w.Header()[name] = values
			}
			w.WriteHeader(made.status)
			_, _ = w.Write(made.body) // the client went away
		default:
			answer(w, status, value)
		}
	}
}

// answer writes a value as JSON. It does not escape HTML: what people write stays readable.
func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	_ = out.Encode(value) // the client went away
}

// read decodes the body into a pointer. A field that the value does not have is an error.
// Without a body the value stays as it is.
func (r *request) read(into any, example string) error {
	if len(bytes.TrimSpace(r.body)) == 0 {
		return nil
	}
	in := json.NewDecoder(bytes.NewReader(r.body))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return fmt.Errorf("web: want a body like %s: %s", example, strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := in.Token(); err != io.EOF {
		return fmt.Errorf("web: the body has more than one JSON value: want one like %s", example)
	}
	return nil
}
