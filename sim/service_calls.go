package sim

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"wappasim/sim/internal/stream"
)

// target is where a call goes.
type target struct {
	http.RoundTripper
	service       *service // nil: the Graph API
	before, after string   // its crash points
}

// route returns where a request goes; ok is false if the world has nothing there.
func (w *World) route(req *http.Request) (to target, ok bool) {
	if s := w.services.at(req.URL); s != nil {
		return target{serviceCalls{w, s}, s, beforeService, afterService}, true
	}
	if isGraph(req.URL) || strings.HasPrefix(req.URL.String(), w.fake.Config().BaseURL+"/") {
		return target{w.graph, nil, beforeAPI, afterAPI}, true
	}
	return target{}, false
}

// content is what a call is known by: its delays are drawn from it, and crash points count
// what matches it.
func (t target) content(req *http.Request, body []byte) []byte {
	if t.service == nil {
		return body
	}
	return append([]byte(req.Method+" "+req.URL.String()+" "), body...)
}

// context returns the context in which a call is answered. A service does not see what the
// bot keeps in its own: both may use the same router.
func (t target) context(req *http.Request) context.Context {
	if t.service == nil {
		return context.WithoutCancel(req.Context())
	}
	return context.Background()
}

// serviceCalls makes calls to a service of a world.
type serviceCalls struct {
	world   *World
	service *service
}

// RoundTrip lets a call meet its fault, and the handler answer it. The call is in the trace
// when the answer begins, or when it is clear that there is none.
func (c serviceCalls) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	w, ctx := c.world, req.Context()
	from := ctx.Value(callerKey{}).(caller)
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	call := &ServiceCall{
		At: time.Now().UTC(), Who: from.link.who, Service: c.service.name,
		Method: req.Method, URL: req.URL.String(), Header: req.Header.Clone(), Body: string(body),
	}
	w.services.mu.Lock()
	w.services.calls = append(w.services.calls, call)
	w.services.mu.Unlock()
	switch f := w.services.meet(c.service.name); f.Kind {
	case ServiceAnswers:
		resp = refusal(req, f.Code)
	case ServiceSilent:
		<-ctx.Done()
		err = ctx.Err()
	case ServiceLoses:
		if resp, err = c.answer(req); err == nil {
			_, err = io.Copy(io.Discard, resp.Body) // until it is handled
		}
		if err == nil {
			err = stream.ErrReset
		}
	case ServiceSlow:
		if err = sleep(ctx, f.By); err != nil {
			break
		}
		resp, err = c.answer(req)
	default:
		resp, err = c.answer(req)
	}
	w.services.mu.Lock()
	if resp != nil {
		call.Status = resp.StatusCode
	}
	call.Lost = err != nil || from.crash() || from.link.ctx.Err() != nil
	event := call.sent(shown(req.Method, req.URL, body))
	w.services.mu.Unlock()
	w.trace.Add(event)
	if from.crash() {
		from.link.crashAtRest()
	}
	if err != nil {
		return nil, err
	}
	resp.Body = &readAnswer{resp.Body, w, call}
	return resp, nil
}

// answer has the handler answer a call.
func (c serviceCalls) answer(req *http.Request) (*http.Response, error) {
	ctx := context.WithValue(req.Context(), serviceKey{}, c)
	return stream.Answer(http.HandlerFunc(c.serve), req.WithContext(ctx), c.world.background.Go)
}

// serve calls the handler, and keeps its panics for the end of the world.
func (c serviceCalls) serve(rw http.ResponseWriter, req *http.Request) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if r != http.ErrAbortHandler {
			all := &c.world.services
			all.mu.Lock()
			all.panicked = append(all.panicked, fmt.Errorf("sim: the service %s panicked at %s %s: %v\n%s", c.service.name, req.Method, req.URL.Path, r, debug.Stack()))
			all.mu.Unlock()
		}
		panic(http.ErrAbortHandler)
	}()
	c.service.handler.ServeHTTP(rw, req)
}

// refusal is the answer of a service that does not handle a call.
func refusal(req *http.Request, status int) *http.Response {
	text := http.StatusText(status) + ", by a fault of the test\n"
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		Body:   io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text)), Request: req,
	}
}

// readAnswer notes what the bot reads of an answer.
type readAnswer struct {
	io.ReadCloser
	world *World
	call  *ServiceCall
}

func (r *readAnswer) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.world.services.mu.Lock()
	defer r.world.services.mu.Unlock()
	r.call.Answer += string(p[:n])
	r.call.Lost = r.call.Lost || err != nil && err != io.EOF
	return n, err
}

// answerBody is the rest of an answer on its way to the bot, which can freeze or crash
// meanwhile.
type answerBody struct {
	io.ReadCloser
	link *link
	ctx  context.Context // the bot's own
	end  func()          // ends the call
}

func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.link.hold(p[:n]); b.link.ctx.Err() != nil {
		n, err = 0, stream.ErrReset
	}
	if err != nil {
		b.end()
	}
	if err != nil && err != io.EOF {
		err = cmp.Or(b.ctx.Err(), err)
	}
	return n, err
}

// Close ends the call: a handler that still answers sees the end of its context.
func (b *answerBody) Close() error {
	b.end()
	return b.ReadCloser.Close()
}
