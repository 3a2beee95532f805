package media_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa/internal/media"
)

// TestLinks checks a URL for five minutes, and refuses any other id, time, secret or
// phone.
func TestLinks(t *testing.T) {
	links := media.Links{Secret: "s", Phone: "1"}
	link, err := url.Parse(links.URL("https://a.example", "7", start))
	if err != nil || link.Host != "a.example" || link.Path != media.DownloadPath {
		t.Fatalf("got %v, %v", link, err)
	}
	if id, refused := links.Check(link.Query(), start.Add(5*time.Minute)); id != "7" || refused != nil {
		t.Errorf("after 5 minutes: got %q, %v", id, refused)
	}
	if _, refused := links.Check(link.Query(), start.Add(5*time.Minute+1)); refused == nil || refused.Status != 404 || !strings.Contains(refused.Details, "expired at 2026-01-05T09:05:00Z") {
		t.Errorf("after more than 5 minutes: got %v", refused)
	}
	for name, value := range map[string]string{"mid": "8", "ext": "9999999999", "hash": ""} {
		q := link.Query()
		q.Set(name, value)
		if _, refused := links.Check(q, start); refused == nil || refused.Status != 404 {
			t.Errorf("%s=%s: got %v", name, value, refused)
		}
	}
	for _, others := range []media.Links{{Secret: "x", Phone: "1"}, {Secret: "s", Phone: "2"}} {
		if _, refused := others.Check(link.Query(), start); refused == nil {
			t.Errorf("%+v accepted the URL", others)
		}
	}
}
