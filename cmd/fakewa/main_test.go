package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// running is the command, started in this process.
type running struct {
	t                *testing.T
	addr, proxy, pem string // what it printed; "": it did not
	stderr           output
	stop             func() (status int)
}

// output is what several goroutines may write to.
type output struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// start starts the command on a free port, reads the addresses that it prints, and stops
// it when the test ends.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t}
	stdout, printed := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		status := run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), printed, &r.stderr)
		printed.Close()
		ended <- status
	}()
	r.stop = sync.OnceValue(func() int {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if status := r.stop(); status != 0 {
			t.Errorf("status %d: %s", status, &r.stderr)
		}
	})
	lines := bufio.NewScanner(stdout)
	next := func() string {
		if !lines.Scan() {
			t.Fatalf("ended early: %s", &r.stderr)
		}
		return lines.Text()
	}
	r.addr = next()
	var ok bool
	if slices.Contains(args, "-proxy") {
		line := next()
		if r.proxy, ok = strings.CutPrefix(line, "proxy "); !ok {
			t.Fatalf("got %q", line)
		}
	}
	if r.proxy != "" || slices.Contains(args, "-tls") {
		line := next()
		if r.pem, ok = strings.CutPrefix(line, "certificate "); !ok || !filepath.IsAbs(r.pem) {
			t.Fatalf("got %q", line)
		}
	}
	go io.Copy(io.Discard, stdout) // ends with the command
	return r
}

// client trusts the printed certificate alone, and goes through the proxy if
// there is one.
func (r *running) client() *http.Client {
	r.t.Helper()
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: r.roots()}}
	if r.proxy != "" {
		transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: r.proxy})
	}
	r.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (r *running) roots() *x509.CertPool {
	r.t.Helper()
	data, err := os.ReadFile(r.pem)
	if err != nil {
		r.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(data) {
		r.t.Fatalf("no certificate in %s: %s", r.pem, data)
	}
	return roots
}

// get makes a GET request with a token, as a bot does.
func get(t *testing.T, client *http.Client, url string) (resp *http.Response, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token")
	resp, err = client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(data)
}

const number = `"display_phone_number":"+1 555-078-3881"`

func TestServesHTTP(t *testing.T) {
	r := start(t, "-ca-dir", filepath.Join(t.TempDir(), "none"))
	resp, body := get(t, http.DefaultClient, "http://"+r.addr+"/v23.0/106540352242922")
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, number) {
		t.Errorf("got %s %s", resp.Status, body)
	}
}

func TestServesHTTPS(t *testing.T) {
	r := start(t, "-tls", "-ca-dir", t.TempDir())
	_, port, err := net.SplitHostPort(r.addr)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost"} {
		resp, body := get(t, r.client(), "https://"+net.JoinHostPort(host, port)+"/v23.0/106540352242922")
		if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 || !strings.Contains(body, number) {
			t.Errorf("%s: got %s %s %s", host, resp.Proto, resp.Status, body)
		}
	}
	resp, body := get(t, r.client(), "https://"+r.addr+"/_fakewa/users/1234567890/messages")
	if resp.StatusCode != http.StatusOK || body != "{\"messages\":[]}\n" {
		t.Errorf("got %s %s", resp.Status, body)
	}
}

// TestHTTPSNeedsTheAuthority has a client that does not trust the authority.
func TestHTTPSNeedsTheAuthority(t *testing.T) {
	r := start(t, "-tls", "-ca-dir", t.TempDir())
	stranger := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}}}
	resp, err := stranger.Get("https://" + r.addr + "/v23.0/106540352242922")
	if err == nil {
		resp.Body.Close()
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); !ok {
		t.Errorf("got %v", err)
	}
}

// TestStopsWithOpenConnections has a connection in every state.
func TestStopsWithOpenConnections(t *testing.T) {
	r := start(t, "-tls", "-proxy", "127.0.0.1:0", "-ca-dir", t.TempDir())
	dial := func(addr string) net.Conn {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	connect := func() net.Conn {
		conn := dial(r.proxy)
		if _, err := io.WriteString(conn, "CONNECT graph.facebook.com:443 HTTP/1.1\r\nHost: graph.facebook.com:443\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("got %v %v", resp, err)
		}
		return conn
	}
	secure := tls.Client(connect(), &tls.Config{RootCAs: r.roots(), ServerName: "graph.facebook.com"})
	if err := secure.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	client := r.client()
	if resp, body := get(t, client, "https://graph.facebook.com/106540352242922"); resp.StatusCode != http.StatusOK {
		t.Fatalf("got %s %s", resp.Status, body)
	}
	open := map[string]net.Conn{
		"main": dial(r.addr), "proxy": dial(r.proxy), "tunnel before its handshake": connect(), "tunnel after it": secure,
	}
	if status := r.stop(); status != 0 {
		t.Errorf("status %d: %s", status, &r.stderr)
	}
	for name, conn := range open {
		if n, err := io.Copy(io.Discard, conn); n > 0 {
			t.Errorf("%s: read %d bytes, then %v", name, n, err)
		}
	}
	leftovers(t)
}

func TestAllServersEndIfOneFails(t *testing.T) {
	s := settings{addr: "127.0.0.1:0", proxy: "127.0.0.1:0", caDir: t.TempDir()}
	for i := range 3 {
		f, err := open(s, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		f.servers[i].listener.Close()
		if err := f.serve(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "serve HTTP: ") {
			t.Errorf("server %d: got %v", i, err)
		}
	}
	leftovers(t)
}

// leftovers fails the test if goroutines of the command do not end.
func leftovers(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	for deadline := time.Now().Add(20 * time.Second); ; runtime.Gosched() {
		all := string(stacks[:runtime.Stack(stacks, true)])
		if !strings.Contains(all, "net/http.(*conn).serve") && !strings.Contains(all, "fakewa.(*") && !strings.Contains(all, "net/http.(*http2serverConn)") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines are left:\n%s", all)
		}
	}
}

func TestWrongArgumentsEndWithOneLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-webhook=bot:8000"}, `fakewa: -webhook is "bot:8000": want a URL like http://127.0.0.1:8000/webhook`},
		{[]string{"-addr=nowhere"}, `fakewa: -addr is "nowhere": `},
		{[]string{"-addr=127.0.0.1:0", "-proxy=nowhere", "-ca-dir", t.TempDir()}, `fakewa: -proxy is "nowhere": `},
		{[]string{"-addr=127.0.0.1:0", "-proxy", taken.Addr().String(), "-ca-dir", t.TempDir()}, `fakewa: -proxy is "` + taken.Addr().String() + `": `},
		{[]string{"-addr=127.0.0.1:0", "-tls", "-ca-dir", file}, `fakewa: -ca-dir is "` + file + `": `},
		{[]string{"-tls=maybe"}, `fakewa: invalid boolean value "maybe" for -tls: `},
		{[]string{"-seed=x"}, `fakewa: invalid value "x" for flag -seed: `},
		{[]string{"-nonsense"}, `fakewa: flag provided but not defined: -nonsense: -help lists the flags`},
		{[]string{"-webhok=http://bot/"}, `fakewa: flag provided but not defined: -webhok: did you mean -webhook? -help lists the flags`},
		{[]string{"hello"}, `fakewa: "hello" is one argument too many`},
		{[]string{"-config", file + ".yaml"}, `fakewa: -config: open ` + file + `.yaml: `},
	} {
		wrong(t, c.want, c.args...)
	}
	var help bytes.Buffer
	if status := run(t.Context(), []string{"-help"}, io.Discard, &help); status != 0 || !strings.Contains(help.String(), "-proxy address") {
		t.Errorf("-help: status %d: %s", status, &help)
	}
}

// wrong runs the command, which must print one line and end with status 2.
func wrong(t *testing.T, want string, args ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(t.Context(), args, &stdout, &stderr)
	if status != 2 || stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), want) || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("%q: status %d, %s%swant %s", args, status, &stdout, &stderr, want)
	}
}
