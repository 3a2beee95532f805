package control

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/internal/wire"
)

// maxRequest is the largest request body that is read, in bytes.
const maxRequest = 1 << 20

// handler answers a call of a test with a value (200), or with an error (400).
type handler func(r *http.Request) (any, error)

// created is an answer with status 201.
type created struct{ value any }

// stream is an answer that goes on.
type stream func(http.ResponseWriter)

var success = map[string]bool{"success": true}

// statusError is an error with another status than 400.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	value, err := h(r)
	status := http.StatusOK
	if err != nil {
		status, value = http.StatusBadRequest, map[string]string{"error": err.Error()}
		if own, ok := errors.AsType[*statusError](err); ok {
			status = own.status
		}
	}
	if made, ok := value.(created); ok {
		status, value = http.StatusCreated, made.value
	}
	if file, ok := value.(fakewa.Media); ok {
		serveFile(w, file)
		return
	}
	if s, ok := value.(stream); ok {
		s(w)
		return
	}
	body, err := wire.JSON(value)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"fakewa: the answer could not be encoded"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client went away
}

// readBody decodes a body into a pointer. A field that the value does not have is an
// error. Without a body the value stays as it is.
func readBody(r *http.Request, into any, example string) error {
	body, err := io.ReadAll(r.Body)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &statusError{http.StatusRequestEntityTooLarge, fmt.Errorf("fakewa: the body is larger than %d bytes", tooLarge.Limit)}
	}
	if err != nil {
		return fmt.Errorf("fakewa: read the body: %w", err)
	}
	if len(strings.TrimSpace(string(body))) == 0 {
		return nil
	}
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.DisallowUnknownFields()
	err = dec.Decode(into)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return fmt.Errorf("fakewa: field %q: want %s, got %s: want a body like %s", wrong.Field, kind(wrong), wrong.Value, example)
	}
	if err != nil {
		return fmt.Errorf("fakewa: want a body like %s: %s", example, strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("fakewa: the body has more than one JSON value: want one like %s", example)
	}
	return nil
}

// kind says in words what JSON a field wants.
func kind(wrong *json.UnmarshalTypeError) string {
	text := reflect.TypeFor[encoding.TextUnmarshaler]()
	if wrong.Type.Implements(text) || reflect.PointerTo(wrong.Type).Implements(text) {
		return "a string"
	}
	switch wrong.Type.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "a boolean"
	case reflect.Slice:
		return "an array"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Uint64:
		return "a whole number from 0 on"
	case reflect.Int:
		return "a whole number"
	}
	return "a number"
}

// duration is a time.Duration that is "1h30m" in JSON.
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a time like 36h or 1m30s", text)
	}
	*d = duration(parsed)
	return nil
}

// timestamp writes a time as the control API does, to the millisecond.
func timestamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }

// list returns a list that is [] in JSON if it is empty.
func list[T any](items []T) []T { return append([]T{}, items...) }
