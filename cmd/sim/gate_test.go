package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// gate is the address of a world, which counts what is asked for. Behind it another world may
// take the place of the first, as if the process had begun anew.
type gate struct {
	url    string
	server *httptest.Server

	mu      sync.Mutex // guards what follows
	world   *httputil.ReverseProxy
	process int
	calls   map[string]int // by path
	bytes   map[string]int // of answers
}

func begin(t *testing.T, world string) *gate {
	g := &gate{calls: make(map[string]int), bytes: make(map[string]int)}
	g.leads(t, world)
	g.server = httptest.NewServer(g)
	t.Cleanup(func() {
		g.server.CloseClientConnections()
		g.server.Close()
	})
	g.url = g.server.URL
	return g
}

// becomes has the process end, and another one begin with a world.
func (g *gate) becomes(t *testing.T, world string) {
	g.leads(t, world)
	g.server.CloseClientConnections()
}

func (g *gate) leads(t *testing.T, world string) {
	to, err := url.Parse(world)
	if err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.process++
	process := fmt.Sprint("process ", g.process)
	g.world = &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Header.Del("Origin") // the gate's, of which the world knows nothing
		if g.process > 1 {
			r.Out.Header.Del("Last-Event-ID") // of another process
		}
	}, ModifyResponse: func(res *http.Response) error {
		res.Body = &passing{ReadCloser: res.Body, lines: bufio.NewReader(res.Body), gate: g, path: res.Request.URL.Path, process: process}
		return nil
	}}
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	world := g.world
	g.calls[r.URL.Path]++
	g.mu.Unlock()
	world.ServeHTTP(w, r)
}

// asked tells how often a path was asked for, and how many bytes came.
func (g *gate) asked(path string) (calls, bytes int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls[path], g.bytes[path]
}

// passing is an answer on its way, by lines.
type passing struct {
	io.ReadCloser
	lines   *bufio.Reader
	gate    *gate
	path    string
	process string
	rest    []byte // of a line
}

func (p *passing) Read(into []byte) (int, error) {
	if len(p.rest) == 0 {
		line, err := p.lines.ReadBytes('\n')
		if len(line) == 0 {
			return 0, err
		}
		p.rest = p.changed(line)
	}
	n := copy(into, p.rest)
	p.rest = p.rest[n:]
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	p.gate.bytes[p.path] += n
	return n, nil
}

// changed tells the process with what the world is.
func (p *passing) changed(line []byte) []byte {
	data, found := strings.CutPrefix(string(line), "data: ")
	if p.path != "/_sim/events" || !found {
		return line
	}
	var state map[string]json.RawMessage
	if err := json.Unmarshal([]byte(data), &state); err != nil || state["replicas"] == nil {
		return line
	}
	state["process"], _ = json.Marshal(p.process) // texts and what was JSON can be encoded
	text, _ := json.Marshal(state)
	return fmt.Appendf(nil, "data: %s\n", text)
}
