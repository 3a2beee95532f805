// Package stream has a handler answer a request piece by piece: what the handler flushes
// is there at once, and the rest when it returns.
//
//	resp, err := stream.Answer(handler, req, group.Go)
//
// It is for handlers that take time: [wappasim/fakewa.InProcess] answers in the caller's
// goroutine, with the whole answer.
package stream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
)

// ErrReset is what a caller gets whose connection the handler broke, by a panic for example.
var ErrReset error = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}

// Answer has the handler answer a request in a goroutine that run starts. It returns when the
// handler has flushed for the first time or has returned, or with the error of the request's
// context when that ends first; so does a Read of the answer's body. The handler then goes on
// until it sees that its own context has ended, which is the request's.
func Answer(h http.Handler, req *http.Request, run func(func())) (*http.Response, error) {
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in := req.Clone(ctx)
	in.RequestURI, in.RemoteAddr = req.URL.RequestURI(), "127.0.0.1:0"
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := &writer{header: make(http.Header), bodiless: req.Method == http.MethodHead, changed: make(chan struct{})}
	run(func() {
		broken := true
		defer func() {
			if r := recover(); r != nil && r != http.ErrAbortHandler {
				w.end(fmt.Errorf("the handler of %s %s panicked: %v", req.Method, req.URL.Path, r))
				return
			}
			if broken { // by http.ErrAbortHandler, or the end of the goroutine
				w.end(ErrReset)
				return
			}
			w.end(io.EOF)
		}()
		h.ServeHTTP(w, in)
		broken = false
	})
	for {
		w.mu.Lock()
		begun, err, changed := w.sent != nil, w.err, w.changed
		w.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case begun:
			return w.response(req), nil
		case err != nil:
			return nil, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// writer is the handler's half of an answer.
type writer struct {
	header   http.Header // the handler's alone
	bodiless bool

	mu      sync.Mutex // guards what follows
	status  int        // 0: not written yet
	pending bytes.Buffer
	ready   bytes.Buffer  // flushed, and not read yet
	sent    http.Header   // nil: nothing is flushed yet
	length  int64         // of the body; -1: unknown when the answer began
	err     error         // when the handler has ended: io.EOF if it has returned
	changed chan struct{} // closed when something is flushed or the handler has ended
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writeHeader(status)
}

// writeHeader takes the status, once. The caller holds mu.
func (w *writer) writeHeader(status int) {
	if w.status != 0 || status >= 100 && status < 200 {
		return
	}
	w.status = status
	w.bodiless = w.bodiless || status == http.StatusNoContent || status == http.StatusNotModified
}

func (w *writer) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writeHeader(http.StatusOK)
	switch {
	case w.bodiless:
		return 0, http.ErrBodyNotAllowed
	case w.err != nil:
		return 0, http.ErrHandlerTimeout // a goroutine that the handler has left behind
	}
	return w.pending.Write(b)
}

// Flush is for [http.Flusher].
func (w *writer) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush(-1)
}

// flush hands over what is pending. The caller holds mu.
func (w *writer) flush(length int64) {
	w.writeHeader(http.StatusOK)
	if w.sent == nil {
		w.sent, w.length = w.header.Clone(), length
		if w.pending.Len() > 0 && w.sent.Get("Content-Type") == "" {
			w.sent.Set("Content-Type", http.DetectContentType(w.pending.Bytes()))
		}
		if length > 0 && w.sent.Get("Content-Length") == "" {
			w.sent.Set("Content-Length", strconv.FormatInt(length, 10))
		}
	}
	_, _ = w.pending.WriteTo(&w.ready) // both are buffers
	close(w.changed)
	w.changed = make(chan struct{})
}

// end ends the answer, with io.EOF if it is complete.
func (w *writer) end(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
	if err == io.EOF {
		w.flush(int64(w.pending.Len()))
		return
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

// response returns the caller's half of an answer that has begun.
func (w *writer) response(req *http.Request) *http.Response {
	w.mu.Lock()
	defer w.mu.Unlock()
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode:    w.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        w.sent,
		Body:          &body{w, req},
		ContentLength: w.length,
		Request:       req,
	}
}

// body reads what is ready. One goroutine uses it.
type body struct {
	w   *writer
	req *http.Request
}

func (b *body) Read(p []byte) (int, error) {
	for {
		if err := b.req.Context().Err(); err != nil {
			return 0, err
		}
		b.w.mu.Lock()
		ready, err, changed := b.w.ready.Len(), b.w.err, b.w.changed
		if ready > 0 {
			n, _ := b.w.ready.Read(p) // it has some
			b.w.mu.Unlock()
			return n, nil
		}
		b.w.mu.Unlock()
		if err != nil {
			return 0, err
		}
		select {
		case <-changed:
		case <-b.req.Context().Done():
		}
	}
}

func (b *body) Close() error { return nil }
