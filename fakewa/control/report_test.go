package control_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
	"wappasim/fakewa/internal/wire"
	"wappasim/fakewa/report"
)

func TestReportIsServedOverHTTP(t *testing.T) {
	platform, err := fakewa.NewPlatform(fakewa.Config{Clock: fakewa.StillClock(time.Unix(0, 0))})
	if err != nil {
		t.Fatal(err)
	}
	defer platform.Close()
	server := httptest.NewServer(control.Handler(platform))
	defer server.Close()
	get := func(path string) string {
		resp, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: got %d %v", path, resp.StatusCode, err)
		}
		return string(body)
	}
	if got := get("/_fakewa/report"); !strings.HasPrefix(got, `{"findings":[],"dropped":{`) {
		t.Errorf("got %s", got)
	}
	get("/" + platform.First().Config().PhoneNumberID + "?access_token=x")
	want, err := wire.JSON(report.Of(platform.First()))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/_fakewa/report", "/_fakewa/businesses/106540352242922/report"} {
		if got := get(path); strings.TrimSpace(got) != string(want) || !strings.Contains(got, `"rule":"unversioned call"`) {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
