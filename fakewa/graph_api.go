package fakewa

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/host"
	"wappasim/fakewa/internal/media"
	"wappasim/fakewa/internal/params"
)

// maxRequest is the largest request body, in bytes, of calls without a file.
const maxRequest = 1 << 20

type faultKey struct{} // of the fault in the context of a call that meets it

// handler answers one kind of call with a value, a *special, or a refusal.
type handler func(r *http.Request, body []byte) (any, *graph.Error)

// special is an answer that is not JSON, or the object that a refusal has beside its
// error.
type special struct {
	status int
	mime   string // "": the value is written as JSON
	value  any
	bytes  []byte
}

// route is one kind of call.
type route struct {
	pattern string
	handler handler
	largest int64 // body; 0: maxRequest
}

func (s *Server) routes() *http.ServeMux {
	phone, account := s.cfg.PhoneNumberID, s.cfg.BusinessID
	mux := http.NewServeMux()
	for _, rt := range slices.Concat([]route{
		{"POST /" + phone + "/messages", s.postMessage, 0},
		{"/{id}", s.object, 0},
		{"/", s.unknownObject, 0},
	}, s.numberRoutes(phone), s.accountRoutes(account), s.mediaRoutes(phone), s.templateRoutes(account), s.appRoutes(), s.flowRoutes()) {
		mux.HandleFunc(rt.pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, rt) })
	}
	return mux
}

var version = regexp.MustCompile(`^/v\d+\.\d+/`)

// ServeHTTP serves the Graph API, under any version and without one.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v, path := cutVersion(trimmed(r.URL.Path))
	if v != "" {
		w.Header().Set("facebook-api-version", v)
	}
	if path = uploadPath(path); path != r.URL.Path {
		there := *r.URL
		there.Path, there.RawPath = path, ""
		r = r.WithContext(r.Context())
		r.URL = &there
	}
	s.mux.ServeHTTP(w, r)
}

// trimmed returns a path without the slashes that clients have too many: at its end, or two
// in a row [?]. That of downloads has one at its end.
func trimmed(of string) string {
	if !strings.HasSuffix(of, "/") && !strings.Contains(of, "//") && !strings.Contains(of, "/.") {
		return of // as most are: nothing to clean
	}
	if of = path.Clean("/" + of); of+"/" == media.DownloadPath {
		return media.DownloadPath
	}
	return of
}

func cutVersion(path string) (v, rest string) {
	v = version.FindString(path)
	return strings.Trim(v, "/"), path[max(len(v)-1, 0):]
}

// serve answers a call, or fails it as a fault says, and records it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, rt route) {
	began, limit, tooLargeCode := time.Now(), rt.largest, 131053
	if limit == 0 {
		limit, tooLargeCode = maxRequest, 100
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var (
		answer  any
		second  any // to a duplicate call; nobody gets it
		refused *graph.Error
		fault   Fault
	)
	switch tooLarge, ok := errors.AsType[*http.MaxBytesError](err); {
	case ok:
		refused = graph.New(tooLargeCode, "The body is larger than %d bytes", tooLarge.Limit)
	case err != nil:
		refused = graph.New(100, "The body could not be read")
	default:
		if fault, refused = s.meet(r, body); refused == nil {
			refused = s.authorize(r, body)
		}
		if refused == nil && !fault.Silent {
			if fault.any() {
				r = r.WithContext(context.WithValue(r.Context(), faultKey{}, fault))
			}
			answer, refused = rt.handler(r, body)
			if fault.Duplicate && refused == nil {
				second, _ = rt.handler(r, body)
			}
		}
	}
	if rt.largest != 0 {
		body = nil
	}
	out := s.render(answer, refused)
	if fault.Silent {
		out.status = 0
	}
	defer func() { // statuses come after the answer, even if it is lost
		for _, a := range []any{answer, second} {
			switch taken := a.(type) {
			case accepted:
				s.sendOn(taken)
			case host.Then:
				taken.Do()
			}
		}
	}()
	s.record(r, began, body, out.status, refused, answer, fault)
	if fault.Lost {
		panic(http.ErrAbortHandler) // the connection breaks
	}
	if refused != nil {
		explain(w.Header(), refused)
	}
	w.Header().Set("Content-Type", out.mime)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.bytes)))
	w.WriteHeader(out.status)
	_, _ = w.Write(out.bytes)
	_ = http.NewResponseController(w).Flush() // what comes after the answer waits for it
}

// explain sets the headers of a refusal: Meta's, and one with the reason in the fake's own
// words, in ASCII.
func explain(h http.Header, refused *graph.Error) {
	if auth := refused.Header(); auth != "" {
		h.Set("WWW-Authenticate", auth)
	}
	if reason := refused.Reason(); reason != "" {
		quoted := strconv.QuoteToASCII(reason)
		h.Set("X-Fakewa-Reason", strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`))
	}
}

// render writes an answer or a refusal.
func (s *Server) render(answer any, refused *graph.Error) special {
	out := special{status: http.StatusOK, value: answer}
	switch own := answer.(type) {
	case *special:
		out = *own
	case host.Then:
		out.status = cmp.Or(own.Status, http.StatusOK)
	}
	if refused != nil {
		s.mu.Lock()
		refused.TraceID = s.traceID()
		s.mu.Unlock()
		object := map[string]any{"error": refused}
		if own, ok := answer.(*special); ok {
			maps.Copy(object, own.value.(map[string]any))
		}
		out = special{status: refused.Status, value: object}
	}
	if out.mime == "" {
		var b bytes.Buffer
		_ = json.NewEncoder(&b).Encode(out.value) // made of maps, strings and errors: always possible
		out.mime, out.bytes = "application/json; charset=UTF-8", b.Bytes()
	}
	return out
}

// unknownObject answers calls to edges of flows and groups, and to objects that do not exist
// or that the fake does not simulate.
func (s *Server) unknownObject(r *http.Request, body []byte) (any, *graph.Error) {
	id, edge, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	if s.Groups.Has(id) {
		return s.Groups.Serve(r, body)
	}
	if s.cfg.Flows.Has(id) {
		return s.cfg.Flows.Object(r, body)
	}
	if s.knows(id, edge) {
		return nil, graph.NotSimulated(r.Method + " /" + edge)
	}
	return nil, graph.NoObject(r.Method, id)
}

// rest is the fields that an object has only for calls that ask for them by name. A field
// that has no value now is empty, and is left out of the answer, as Graph does. One that
// is nil is known to the real API and not simulated.
type rest map[string]any

// empty is a field of rest without a value.
var empty = struct{}{}

// chosen returns the fields of an object for which a call asks, or all but the rest. node is
// Meta's name for objects of its type.
func chosen(r *http.Request, node string, object map[string]any, more rest) (any, *graph.Error) {
	list := r.URL.Query().Get("fields")
	if list == "" {
		return object, nil
	}
	names, refused := params.Names(list)
	if refused != nil {
		return nil, refused
	}
	few := map[string]any{}
	if id, ok := object["id"]; ok { // Graph always gives the id
		few["id"] = id
	}
	for _, name := range names {
		value, ok := object[name]
		if !ok {
			value, ok = more[name]
			if ok && value == nil {
				return nil, graph.NotSimulated("the field " + name)
			}
		}
		switch {
		case !ok:
			return nil, graph.Param(fmt.Sprintf("Tried accessing nonexisting field (%.200s) on node type (%s)", name, node), "fields has %.200q, which objects of this type do not have.", name)
		case value != any(empty):
			few[name] = value
		}
	}
	return few, nil
}
