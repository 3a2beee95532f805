package control_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// TestPagesElsewhereCannotControl makes calls as browsers do for pages, those of other
// sites too, and as other clients do.
func TestPagesElsewhereCannotControl(t *testing.T) {
	p, err := fakewa.NewPlatform(fakewa.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	handler := control.Handler(p, "fakewa", "fd00::5")
	here := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 4004}
	do := func(method, path, host string, headers ...string) (int, string) {
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, here), method, path, strings.NewReader("{}"))
		r.Host = host
		for i := 0; i < len(headers); i += 2 {
			r.Header.Add(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for _, c := range []struct {
		host    string
		headers []string
		refused string // what the message has; "": it is not refused
	}{
		{"127.0.0.1:4004", nil, ""},
		{"127.9.9.9", nil, ""},
		{"localhost:4004", nil, ""},
		{"LocalHost", nil, ""},
		{"[::1]:4004", nil, ""},
		{"[::1]", nil, ""},
		{"10.0.0.7:4004", nil, ""},  // at which the call came in
		{"fakewa:4004", nil, ""},    // a name that was given
		{"[fd00::5]:4004", nil, ""}, // an address that was given
		{"10.0.0.8:4004", nil, `-host 10.0.0.8`},
		{"evil.example:4004", nil, `-host evil.example`}, // whose owner lets it point to 127.0.0.1
		{"localhost.evil.example", nil, `-host localhost.evil.example`},
		{"evil.example:4004", []string{"Origin", "http://evil.example:4004", "Sec-Fetch-Site", "same-origin"}, `-host evil.example`},
		{"", nil, `-host`},
		{"localhost:4004", []string{"Origin", "http://localhost:4004", "Sec-Fetch-Site", "same-origin"}, ""},
		{"localhost:4004", []string{"Origin", "https://LOCALHOST:4004"}, ""},
		{"localhost:4004", []string{"Origin", "http://evil.example"}, "http://evil.example (header Origin)"},
		{"localhost:4004", []string{"Origin", "http://localhost:3000"}, "http://localhost:3000 (header Origin)"},
		{"localhost:4004", []string{"Origin", "http://127.0.0.1:4004"}, "http://127.0.0.1:4004 (header Origin)"},
		{"localhost:4004", []string{"Origin", "null"}, "null (header Origin)"}, // a sandboxed frame, or a file
		{"localhost:4004", []string{"Origin", ""}, "(header Origin)"},
		{"localhost:4004", []string{"Origin", "http://localhost:4004", "Origin", "http://evil.example"}, "http://evil.example (header Origin)"},
		{"localhost:4004", []string{"Sec-Fetch-Site", "none"}, ""}, // somebody has typed the address
		{"localhost:4004", []string{"Sec-Fetch-Site", "cross-site"}, "Sec-Fetch-Site: cross-site"},
		{"localhost:4004", []string{"Sec-Fetch-Site", "same-site"}, "Sec-Fetch-Site: same-site"}, // another port of localhost
	} {
		for _, call := range []string{"GET /_fakewa/state", "GET /_fakewa/", "GET /_fakewa/openapi.yaml", "POST /_fakewa/reset", "PATCH /_fakewa/number", "DELETE /_fakewa/faults", "GET /_fakewa/clock", "POST /_fakewa/businesses/102290129340398/reset"} {
			method, path, _ := strings.Cut(call, " ")
			want := http.StatusOK
			if c.refused != "" {
				want = http.StatusForbidden
			}
			if status, answer := do(method, path, c.host, c.headers...); status != want || !strings.Contains(answer, c.refused) {
				t.Errorf("%s to %q %q: got %d %s", call, c.host, c.headers, status, answer)
			}
		}
		if status, answer := do("GET", "/v23.0/106540352242922?access_token=x", c.host, c.headers...); status != http.StatusOK {
			t.Errorf("the Graph API of %q %q: got %d %s", c.host, c.headers, status, answer)
		}
	}
	if status, _ := do("GET", "/_fakewa/events", "evil.example"); status != http.StatusForbidden {
		t.Errorf("the events of evil.example: got %d", status)
	}
}

// TestRefusedCallsChangeNothing resets a fake from a page elsewhere, over TCP.
func TestRefusedCallsChangeNothing(t *testing.T) {
	p, url := served(t, fakewa.Config{})
	rename(p.First(), "1", "a")
	for header, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Host": "evil.example"} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", url+"reset", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if req.Header.Set(header, value); header == "Host" {
			req.Host = value
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden || !strings.HasPrefix(string(body), `{"error":"fakewa: the call is`) {
			t.Errorf("%s: got %s %s", header, resp.Status, body)
		}
	}
	if users := p.First().Users(); len(users) != 1 {
		t.Errorf("there are %d users", len(users))
	}
}
