package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
)

// proxy answers for Meta's hosts with the fake and refuses other hosts. It forwards nothing.
type proxy struct {
	graph   http.Handler
	tunnels *tunnels
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !forMeta(r):
		http.Error(w, fmt.Sprintf("fakewa: %s is refused: this proxy is for tests of WhatsApp bots. It answers for %s itself and forwards nothing.",
			r.Host, strings.Join(metaHosts, " and ")), http.StatusForbidden)
	case r.Method == http.MethodConnect:
		p.tunnels.open(w)
	default:
		r = r.Clone(r.Context())
		r.RequestURI = r.URL.RequestURI() // as a server gets it without a proxy
		p.graph.ServeHTTP(w, r)
	}
}

// forMeta reports whether a request is for a host that the fake stands in for.
// Most clients open a tunnel for an https URL; some, like axios, send it in a plain request.
func forMeta(r *http.Request) bool {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, "80"
	}
	tunnelled := r.Method == http.MethodConnect
	return slices.Contains(metaHosts, strings.ToLower(host)) && (port == "443" || port == "80" && !tunnelled)
}

// tunnels are the connections that clients opened through the proxy. A TLS server listens
// on them and owns them from then on.
type tunnels struct {
	proxy   net.Addr
	opened  chan net.Conn
	closing context.Context // ends with Close
	cancel  context.CancelFunc
}

func newTunnels(proxy net.Addr) *tunnels {
	t := &tunnels{proxy: proxy, opened: make(chan net.Conn)}
	t.closing, t.cancel = context.WithCancel(context.Background())
	return t
}

// open answers CONNECT and passes the connection to Accept.
func (t *tunnels) open(w http.ResponseWriter) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "fakewa: a tunnel needs HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return
	}
	early, _ := buffered.Peek(buffered.Reader.Buffered()) // bytes of a client that did not wait for the answer
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		conn.Close()
		return
	}
	select {
	case t.opened <- tunnel{conn, io.MultiReader(bytes.NewReader(early), conn)}:
	case <-t.closing.Done():
		conn.Close()
	}
}

func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-t.opened:
		return conn, nil
	case <-t.closing.Done():
		return nil, net.ErrClosed
	}
}

func (t *tunnels) Close() error {
	t.cancel()
	return nil
}

func (t *tunnels) Addr() net.Addr { return t.proxy }

// tunnel is a client's connection after CONNECT.
type tunnel struct {
	net.Conn
	unread io.Reader
}

func (t tunnel) Read(b []byte) (int, error) { return t.unread.Read(b) }
