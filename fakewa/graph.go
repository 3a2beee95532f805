package fakewa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
	"wappasim/fakewa/graph"
)

// maxRequest is the largest request body that is read, in bytes.
const maxRequest = 1 << 20

// Request is a call of the bot and what became of it.
type Request struct {
	At     time.Time
	Method string
	Path   string // as it was called, with its version
	Body   string
	Status int          // of the answer; 0: there was none, and the call was not looked at
	Error  *graph.Error // nil if it was accepted
	ID     string       // of the message that was sent, if one was
	Lost   bool         // the answer never reached the bot
	Failed int          // Meta's code with which the status of the message says that it failed
}

// Requests returns every call of the bot, oldest first, also the refused ones.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

type faultKey struct{} // of the fault in the context of a call that meets it

// graphHandler answers one kind of call with a value, or refuses it.
type graphHandler func(r *http.Request, body []byte) (any, *graph.Error)

var version = regexp.MustCompile(`^/v\d+\.\d+/`)

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range map[string]graphHandler{
		"POST /{phone}/messages": s.postMessage,
		"GET /{phone}":           s.getPhoneNumber,
		"/":                      func(r *http.Request, _ []byte) (any, *graph.Error) { return nil, missing(r) },
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, h) })
	}
	return mux
}

// ServeHTTP is the Graph API, under any version and without one.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if v := version.FindString(r.URL.Path); v != "" {
		w.Header().Set("facebook-api-version", strings.Trim(v, "/"))
		r = r.Clone(r.Context())
		r.URL.Path, r.URL.RawPath = r.URL.Path[len(v)-1:], ""
	}
	s.mux.ServeHTTP(w, r)
}

// serve answers a call, or fails it as a fault says, and records it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, h graphHandler) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	var (
		answer  any
		refused *graph.Error
		fault   Fault
	)
	switch tooLarge, ok := errors.AsType[*http.MaxBytesError](err); {
	case ok:
		refused = graph.New(100, "The body is larger than %d bytes", tooLarge.Limit)
	case err != nil:
		refused = graph.New(100, "The body could not be read")
	default:
		if fault, refused = s.meet(r); refused == nil {
			refused = s.authorize(r)
		}
		if refused == nil && !fault.Silent {
			answer, refused = h(r.WithContext(context.WithValue(r.Context(), faultKey{}, fault)), body)
		}
	}
	status := http.StatusOK
	if fault.Silent {
		status = 0
	}
	if refused != nil {
		status = refused.Status
		s.mu.Lock()
		refused.TraceID = s.traceID()
		s.mu.Unlock()
		answer = map[string]any{"error": refused}
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `OAuth "Facebook Platform" "invalid_request" "`+refused.Message+`"`)
		}
	}
	s.record(r, body, status, refused, answer, fault)
	if fault.Lost {
		panic(http.ErrAbortHandler) // the connection breaks
	}
	var b bytes.Buffer
	_ = json.NewEncoder(&b).Encode(answer) // maps, strings and APIError: always possible
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func (s *Server) record(r *http.Request, body []byte, status int, refused *graph.Error, answer any, fault Fault) {
	call := Request{
		At: s.cfg.Now().UTC(), Method: r.Method, Path: strings.SplitN(r.RequestURI, "?", 2)[0],
		Body: string(body), Status: status, Error: refused, Lost: fault.Lost,
	}
	if sent, ok := answer.(accepted); ok {
		call.ID, call.Failed = sent.Messages[0]["id"], fault.Fails
	}
	s.mu.Lock()
	s.requests = append(s.requests, call)
	s.mu.Unlock()
	if s.cfg.OnRequest != nil {
		s.cfg.OnRequest(r.Context(), call)
	}
}

// authorize takes "Bearer" and, as Graph does, "OAuth" tokens.
func (s *Server) authorize(r *http.Request) *graph.Error {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token == "" {
		token = r.URL.Query().Get("access_token")
	} else if !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "OAuth") {
		return graph.BadToken()
	}
	if token == "" || s.cfg.Token != "" && token != s.cfg.Token {
		return graph.BadToken()
	}
	return nil
}

// getPhoneNumber tells about the business number.
func (s *Server) getPhoneNumber(r *http.Request, _ []byte) (any, *graph.Error) {
	if r.PathValue("phone") != s.cfg.PhoneNumberID {
		return nil, missing(r)
	}
	all := map[string]any{
		"id":                       s.cfg.PhoneNumberID,
		"display_phone_number":     s.cfg.DisplayNumber,
		"verified_name":            "Fake Business",
		"quality_rating":           "GREEN",
		"code_verification_status": "VERIFIED",
		"platform_type":            "CLOUD_API",
		"throughput":               map[string]string{"level": "STANDARD"},
	}
	names := r.URL.Query().Get("fields")
	if names == "" {
		return all, nil
	}
	chosen := map[string]any{"id": all["id"]} // Graph always gives the id
	for name := range strings.SplitSeq(names, ",") {
		value, ok := all[name]
		if !ok {
			return nil, graph.New(100, "Tried accessing nonexisting field (%s)", name)
		}
		chosen[name] = value
	}
	return chosen, nil
}

func missing(r *http.Request) *graph.Error {
	id, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return graph.NoObject(r.Method, id)
}
