package fakewa

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// InProcess answers requests by calling a handler in the caller's goroutine. A
// panic of the handler and an end of the request's context are errors, as they
// are over TCP.
func InProcess(handler http.Handler) http.RoundTripper { return transport{handler} }

type transport struct{ handler http.Handler }

func (t transport) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if req.Body != nil {
		defer req.Body.Close()
	}
	defer func() {
		switch r := recover(); r {
		case nil:
		case http.ErrAbortHandler: // as net/http does it: the connection breaks
			if resp, err = nil, req.Context().Err(); err == nil {
				err = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
			}
		default:
			resp, err = nil, fmt.Errorf("fakewa: the handler of %s %s panicked: %v", req.Method, req.URL.Path, r)
		}
	}()
	in := req.Clone(req.Context())
	in.RequestURI = req.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:0"
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	rec := &recorder{header: make(http.Header)}
	t.handler.ServeHTTP(rec, in)
	if err := req.Context().Err(); err != nil {
		return nil, err // the caller gave up, so the answer is lost
	}
	rec.WriteHeader(http.StatusOK) // if it did not
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", rec.status, http.StatusText(rec.status)),
		StatusCode:    rec.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        rec.sent,
		Body:          io.NopCloser(&rec.body),
		ContentLength: int64(rec.body.Len()),
		Request:       req,
	}, nil
}

// recorder records an answer. One goroutine uses it.
type recorder struct {
	header, sent http.Header
	status       int // 0: not written yet
	body         bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status, r.sent = status, r.header.Clone()
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

func (r *recorder) Flush() { r.WriteHeader(http.StatusOK) }
