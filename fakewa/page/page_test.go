package page_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
	"wappasim/fakewa/page"
)

func get(t *testing.T, method, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	page.Handler().ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Result()
}

// TestEveryFileIsServed asks for every file of the page, with the headers that keep
// scripts of elsewhere out.
func TestEveryFileIsServed(t *testing.T) {
	kinds := map[string]string{".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
	served := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".go") || strings.Contains(path, "test") {
			return err
		}
		at := "/_page/" + path
		if path == "index.html" {
			at = "/"
		}
		res := get(t, "GET", at)
		served++
		kind := kinds[path[strings.LastIndex(path, "."):]]
		if res.StatusCode != http.StatusOK || kind == "" || !strings.HasPrefix(res.Header.Get("Content-Type"), kind) {
			t.Errorf("GET %s: %d, %q, want %q", at, res.StatusCode, res.Header.Get("Content-Type"), kind)
		}
		csp := res.Header.Get("Content-Security-Policy")
		for _, rule := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "img-src 'self' data: blob:;", "media-src 'self' blob:;", "connect-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, rule) {
				t.Errorf("GET %s: the policy is %q, without %s", at, csp, rule)
			}
		}
		if strings.Contains(csp, "unsafe") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s: %v", at, res.Header)
		}
		return nil
	})
	if err != nil || served < 10 {
		t.Errorf("%d files are served, %v", served, err)
	}
}

// TestNothingElseIsServed asks for what is not part of the page.
func TestNothingElseIsServed(t *testing.T) {
	for path, want := range map[string]int{
		"/nothing": 404, "/_sim/": 404, "/_page/": 404, "/_page/panels": 404, "/_page/panels/": 404, "/_page/page.go": 404, "/_page/../page.go": 404, "/_page/index.html": 404,
	} {
		if res := get(t, "GET", path); res.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, res.StatusCode, want)
		}
	}
	if res := get(t, "POST", "/"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /: %d", res.StatusCode)
	}
}

// TestNothingBecomesHTML reads the modules: what people write must not be parsed, and
// the policy would refuse scripts and styles in the markup.
func TestNothingBecomesHTML(t *testing.T) {
	parsers := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|srcdoc|\beval\(|new Function|javascript:`)
	inline := regexp.MustCompile(`(?i)<script(>| [^>]*>[^<])|<style|\sstyle=|\son[a-z]+=|https?://`)
	looked := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		looked++
		if found := parsers.Find(text); strings.HasSuffix(path, ".js") && found != nil {
			t.Errorf("%s has %s", path, found)
		}
		if found := inline.Find(text); strings.HasSuffix(path, ".html") && found != nil {
			t.Errorf("%s has %s", path, found)
		}
		if lines := strings.Count(string(text), "\n"); lines > 260 {
			t.Errorf("%s has %d lines", path, lines)
		}
		return nil
	})
	if err != nil || looked < 10 {
		t.Errorf("looked at %d files, %v", looked, err)
	}
}

// TestServes divides the calls between the page and the Graph API.
func TestServes(t *testing.T) {
	for call, want := range map[string]bool{"GET /": true, "HEAD /": true, "POST /": false, "GET /_page/app.js": true, "GET /v23.0/1/messages": false, "GET //": false, "POST /_page/app.js": true, "GET /_sim/": true} {
		method, path, _ := strings.Cut(call, " ")
		r := httptest.NewRequest(method, "http://fake/", nil)
		r.URL.Path = path
		if got := page.Serves(r); got != want {
			t.Errorf("%s: %v, want %v", call, got, want)
		}
	}
}

// TestBesideTheControlAPI serves both, as the package comment says.
func TestBesideTheControlAPI(t *testing.T) {
	platform, err := fakewa.NewPlatform(fakewa.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer platform.Close()
	mux := http.NewServeMux()
	mux.Handle("/_fakewa/", control.Handler(platform))
	mux.Handle("/", page.Handler())
	for path, kind := range map[string]string{"/": "text/html", "/_fakewa/clock": "application/json"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1:4004"+path, nil))
		if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || !strings.HasPrefix(got, kind) {
			t.Errorf("GET %s: %d, %s", path, w.Code, got)
		}
	}
}
