package sse_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/internal/sse"
)

// pipe is a listener for one connection in memory, whose deadlines go by the bubble's time.
type pipe struct {
	conns chan net.Conn
	over  context.Context
}

func (p pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.over.Done():
		return nil, net.ErrClosed
	}
}
func (p pipe) Close() error   { return nil }
func (p pipe) Addr() net.Addr { return &net.UnixAddr{} }

// stream serves a stream in memory, and returns the client's end, from which nothing is read.
func stream(t *testing.T, texts func(yield func([]byte) bool)) (client net.Conn, ended <-chan time.Duration) {
	client, end := net.Pipe()
	over, cancel := context.WithCancel(t.Context())
	took := make(chan time.Duration, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		defer func() { took <- time.Since(began) }()
		out, goesOn := sse.Begin(w, r)
		for text := range texts {
			if !goesOn || out.Write(text) != nil || out.Flush() != nil {
				return
			}
		}
	})}
	conns := make(chan net.Conn, 1)
	conns <- end
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(pipe{conns, over}) }()
	t.Cleanup(func() { cancel(); client.Close(); server.Close(); <-done })
	return client, took
}

// endless are texts without end.
func endless(yield func([]byte) bool) {
	for yield(sse.Append(nil, "1", "said", []byte(strings.Repeat("x", 1000)))) {
	}
}

// TestNobodyWaitsForever has a client take nothing, and another one a little now and then.
func TestNobodyWaitsForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, ended := stream(t, endless)
		if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		select {
		case took := <-ended:
			if took != 30*time.Second {
				t.Errorf("the server waits %s for a client that takes nothing", took)
			}
		case <-time.After(time.Hour):
			t.Error("the server waits for a client that takes nothing")
			client.Close()
		}
	})
	synctest.Test(t, func(t *testing.T) {
		client, ended := stream(t, endless)
		if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		for began := time.Now(); time.Since(began) < time.Hour; <-time.After(10 * time.Second) {
			if _, err := io.ReadFull(client, make([]byte, 10_000)); err != nil {
				t.Fatalf("after %s: %v", time.Since(began), err)
			}
		}
		client.Close()
		<-ended
	})
}

// TestStreamInBytes reads a stream as a client does.
func TestStreamInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, ended := stream(t, func(yield func([]byte) bool) {
			_ = yield(sse.Append(nil, "17-x", "said", []byte("{}"))) && yield(sse.Append(nil, "", "", []byte("1"))) && yield(sse.Comment)
		})
		if _, err := io.WriteString(client, "GET / HTTP/1.0\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(client)
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := strings.Cut(string(got), "\r\n\r\n")
		if want := "retry: 1000\n\nid: 17-x\nevent: said\ndata: {}\n\ndata: 1\n\n:\n\n"; body != want {
			t.Errorf("got %q, want %q", body, want)
		}
		for _, want := range []string{" 200 OK", "Content-Type: text/event-stream", "Cache-Control: no-store", "X-Accel-Buffering: no"} {
			if !strings.Contains(head, want) {
				t.Errorf("%q is not in the headers:\n%s", want, head)
			}
		}
		<-ended
	})
}
