package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
	"wappasim/fakewa/page"
)

// front is where clients reach the fake.
type front struct {
	fake    *fakewa.Platform
	places  []string // lines with its addresses and its certificate, to print
	servers []*server
}

// server is an HTTP server and what it listens on. With a TLSConfig it speaks HTTPS.
type server struct {
	http.Server
	listener net.Listener
}

// open listens where the settings say, and sets up the fake.
func open(s settings, stderr io.Writer) (*front, error) {
	var (
		f        front
		ca       *authority
		errorLog = log.New(stderr, "fakewa: ", 0)
		err      error
	)
	add := func(listener net.Listener, handler http.Handler, secure bool) {
		server := &server{listener: listener}
		server.Handler, server.ErrorLog = handler, errorLog
		server.ReadHeaderTimeout, server.IdleTimeout = 10*time.Second, 2*time.Minute // the first is also for TLS handshakes
		if secure {
			server.TLSConfig = ca.serverConfig()
		}
		f.servers = append(f.servers, server)
	}
	if s.tls || s.proxy != "" {
		if ca, err = s.authority(); err != nil {
			return nil, err
		}
	}
	listener, err := s.listen("addr", s.addr)
	if err != nil {
		return nil, err
	}
	if s.fake.BaseURL == "" && s.proxy == "" { // of the URLs of media in webhooks; behind the proxy they are Meta's
		s.fake.BaseURL = map[bool]string{false: "http://", true: "https://"}[s.tls] + listener.Addr().String()
	}
	if f.fake, err = s.platform(); err != nil {
		listener.Close()
		return nil, err
	}
	if name, _, _ := net.SplitHostPort(s.addr); name != "" {
		s.hosts = append(s.hosts, name)
	}
	add(listener, withPage(control.Handler(f.fake, s.hosts...)), s.tls)
	f.places = append(f.places, listener.Addr().String())
	if s.proxy != "" {
		proxied, err := s.listen("proxy", s.proxy)
		if err != nil {
			f.fake.Close()
			listener.Close()
			return nil, err
		}
		tunnels := newTunnels(proxied.Addr())
		add(proxied, &proxy{graph: f.fake, tunnels: tunnels}, false)
		add(tunnels, f.fake, true)
		f.places = append(f.places, "proxy "+proxied.Addr().String())
	}
	if ca != nil {
		f.places = append(f.places, "certificate "+ca.path)
	}
	return &f, nil
}

// withPage serves the page beside a fake.
func withPage(fake http.Handler) http.Handler {
	seen := page.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page.Serves(r) {
			seen.ServeHTTP(w, r)
			return
		}
		fake.ServeHTTP(w, r)
	})
}

func (s *settings) listen(setting, addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s is %q: %w", s.name(setting), addr, err)
	}
	return listener, nil
}

func (s *settings) authority() (*authority, error) {
	dir := s.caDir
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("want -ca-dir, since the user has no cache folder: %w", err)
		}
		dir = filepath.Join(cache, "fakewa")
	}
	ca, err := openAuthority(dir, time.Now())
	if err != nil {
		return nil, fmt.Errorf("%s is %q: %w", s.name("ca-dir"), dir, err)
	}
	return ca, nil
}

// serve serves until the context ends, or until a server fails, which is an error.
func (f *front) serve(ctx context.Context) error {
	ended := make(chan error, len(f.servers))
	for _, s := range f.servers {
		go func() { ended <- s.serve() }()
	}
	var err error
	running := len(f.servers)
	select {
	case <-ctx.Done():
	case err = <-ended:
		running--
		err = fmt.Errorf("serve HTTP: %w", err)
	}
	drain, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, s := range f.servers {
		err = errors.Join(err, s.stop(drain))
	}
	for range running {
		<-ended
	}
	for _, s := range f.servers {
		s.Close() // connections that were accepted while it stopped
	}
	f.fake.Close()
	return err
}

func (s *server) serve() error {
	if s.TLSConfig != nil {
		return s.ServeTLS(s.listener, "", "")
	}
	return s.Serve(s.listener)
}

func (s *server) stop(drain context.Context) error {
	err := s.Shutdown(drain)
	if errors.Is(err, context.DeadlineExceeded) {
		// Shutdown waits 5 s for a connection that was opened and never used.
		err = s.Close()
	}
	if err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}
