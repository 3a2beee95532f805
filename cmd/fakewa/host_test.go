package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestHostIsAllowed calls the control API by names, as containers do.
func TestHostIsAllowed(t *testing.T) {
	r := start(t, "-host", "fakewa", "-host", "fake.test")
	_, port, err := net.SplitHostPort(r.addr)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{"fakewa": 200, "FAKE.test": 200, "localhost": 200, "other": 403, "fakewa.other": 403} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+r.addr+"/_fakewa/clock", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = net.JoinHostPort(host, port)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want || want == 403 && !strings.Contains(string(body), "-host "+host) {
			t.Errorf("%s: got %s %s", host, resp.Status, body)
		}
	}
	for _, wrong := range []string{"http://fakewa", "fakewa:4004", "*.test", ""} {
		if _, err := readSettings([]string{"-host", wrong}, io.Discard); err == nil || !strings.Contains(err.Error(), "without a port, like fakewa") {
			t.Errorf("-host %q: got %v", wrong, err)
		}
	}
	path := settingsFile(t, "host: [fakewa, fake.test]\n")
	if s, err := readSettings([]string{"-config", path}, io.Discard); err != nil || strings.Join(s.hosts, " ") != "fakewa fake.test" {
		t.Errorf("got %q, %v", s.hosts, err)
	}
}

// TestStopsWithAnOpenStream has somebody read the events when the command is to end.
func TestStopsWithAnOpenStream(t *testing.T) {
	r := start(t)
	resp, err := http.Get("http://" + r.addr + "/_fakewa/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if status := r.stop(); status != 0 {
		t.Errorf("status %d: %s", status, &r.stderr)
	}
	if text, err := io.ReadAll(resp.Body); !strings.Contains(string(text), "event: begin") {
		t.Errorf("got %s, %v", text, err)
	}
}
