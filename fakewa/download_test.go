package fakewa_test

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

func TestMediaHaveMetadataAndAFile(t *testing.T) {
	s := still(t, fakewa.Config{})
	server := httptest.NewServer(s)
	defer server.Close()
	id := upload(t, s, pngBytes, "image/png")
	sum := sha256.Sum256(pngBytes)
	got := request(t, server.Client(), "GET", server.URL+"/v23.0/"+id+"?phone_number_id="+number, "")
	if got.status != 200 || got.ID != id || got.MIMEType != "image/png" || got.SHA256 != hex.EncodeToString(sum[:]) || got.FileSize != float64(len(pngBytes)) || !strings.Contains(got.body, `"messaging_product":"whatsapp"`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if !strings.HasPrefix(got.URL, server.URL+"/whatsapp_business/attachments/?mid="+id+"&ext=1767603900&hash=") {
		t.Errorf("got the URL %s", got.URL)
	}
	if few := request(t, server.Client(), "GET", server.URL+"/"+id+"?fields=file_size", "").body; strings.Contains(few, "sha256") || !strings.Contains(few, "file_size") {
		t.Errorf("got %s", few)
	}
	request(t, server.Client(), "GET", server.URL+"/"+id+"?phone_number_id=1", "").refused(t, 400, 100, id)
	request(t, server.Client(), "GET", server.URL+"/"+id, "", "Authorization", "").refused(t, 401, 190)
	request(t, server.Client(), "POST", server.URL+"/"+id, "{}").refused(t, 400, 100, "Unsupported post request")
	if a := request(t, server.Client(), "GET", server.URL+"/123", ""); a.Error.Code != 100 || a.Error.Subcode != 33 {
		t.Errorf("an unknown id: got %s", a.body)
	}

	file := request(t, server.Client(), "GET", got.URL, "", "Host", "lookaside.fbsbx.com")
	if file.status != 200 || file.body != string(pngBytes) || file.header.Get("Content-Type") != "image/png" || file.header.Get("Content-Length") != fmt.Sprint(len(pngBytes)) {
		t.Errorf("got %d %q %v", file.status, file.body, file.header)
	}
	request(t, server.Client(), "GET", got.URL, "", "Authorization", "").refused(t, 401, 190)

	base64s := still(t, fakewa.Config{MediaBase64: true})
	if got := request(t, base64s.Client(), "GET", api+upload(t, base64s, pngBytes, "image/png"), ""); got.SHA256 != base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("got %s", got.body)
	}
}

// TestDownloadURLHasTheCalledHost gets URLs in each way in which bots call the fake.
func TestDownloadURLHasTheCalledHost(t *testing.T) {
	s := still(t, fakewa.Config{})
	id := upload(t, s, pngBytes, "image/png")
	secure := httptest.NewTLSServer(s)
	defer secure.Close()
	// A bot calls Meta's host over TLS, and a proxy connects it to the fake.
	led := secure.Client()
	led.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	for name, test := range map[string]struct {
		client     *http.Client
		base, want string
		headers    []string
	}{
		"TLS":                        {secure.Client(), secure.URL, secure.URL, nil},
		"Meta's host over TLS":       {led, secure.URL, "https://lookaside.fbsbx.com", []string{"Host", "graph.facebook.com"}},
		"in process":                 {s.Client(), "http://fake:7", "http://fake:7", nil},
		"in process with a Host":     {s.Client(), "http://fake:7", "http://fake:7", []string{"Host", "other"}},
		"Meta's host, in process":    {s.Client(), "https://graph.facebook.com", "https://lookaside.fbsbx.com", nil},
		"Meta's host, with its port": {s.Client(), "https://graph.facebook.com:443", "https://lookaside.fbsbx.com", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := request(t, test.client, "GET", test.base+"/v23.0/"+id, "", test.headers...)
			if !strings.HasPrefix(got.URL, test.want+"/whatsapp_business/attachments/?") {
				t.Fatalf("got %s", got.URL)
			}
			if file := request(t, s.Client(), "GET", got.URL, ""); file.body != string(pngBytes) {
				t.Errorf("got %q", file.body)
			}
		})
	}
}

func TestDownloadURLExpires(t *testing.T) {
	s := still(t, fakewa.Config{})
	id := upload(t, s, pngBytes, "image/png")
	address := request(t, s.Client(), "GET", api+id, "").URL
	advance(t, s, 4*time.Minute+59*time.Second)
	if file := request(t, s.Client(), "GET", address, ""); file.status != 200 {
		t.Errorf("after 4:59: got %d", file.status)
	}
	for name, change := range map[string]func(url.Values){
		"another hash": func(q url.Values) { q.Set("hash", "x"+q.Get("hash")) },
		"a later end":  func(q url.Values) { q.Set("ext", "9"+q.Get("ext")) },
		"another id":   func(q url.Values) { q.Set("mid", upload(t, s, pngBytes, "image/png")) },
		"no end":       func(q url.Values) { q.Del("ext") },
		"nothing":      func(q url.Values) { clear(q) },
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		change(q)
		u.RawQuery = q.Encode()
		t.Run(name, func(t *testing.T) {
			request(t, s.Client(), "GET", u.String(), "").refused(t, 404, 100, "not one that this fake made")
		})
	}
	advance(t, s, 2*time.Second)
	request(t, s.Client(), "GET", address, "").refused(t, 404, 100, "expired at 2026-01-05T09:05:00Z, 5m0s after", "GET /"+id)
	if anew := request(t, s.Client(), "GET", api+id, "").URL; request(t, s.Client(), "GET", anew, "").status != 200 {
		t.Error("the new URL does not work")
	}
}

func TestDeletedMediaAreGone(t *testing.T) {
	s := still(t, fakewa.Config{})
	id := upload(t, s, pngBytes, "image/png")
	address := request(t, s.Client(), "GET", api+id, "").URL
	request(t, s.Client(), "DELETE", api+id+"?phone_number_id=1", "").refused(t, 400, 100, id)
	if got := request(t, s.Client(), "DELETE", api+id+"?phone_number_id="+number, "", "Content-Type", "application/json"); got.status != 200 || !got.Success {
		t.Errorf("got %d %s", got.status, got.body)
	}
	request(t, s.Client(), "DELETE", api+id, "").refused(t, 400, 100, id)
	request(t, s.Client(), "GET", api+id, "").refused(t, 400, 100, id)
	request(t, s.Client(), "GET", address, "").refused(t, 404, 100, id, "was deleted")
	if _, ok := s.Media(id); ok {
		t.Error("it is still there")
	}
	sendMedia(t, s, "image", id).refused(t, 400, 100, "image.id is", id, "was deleted")
}

// TestBusinessesHaveTheirOwnMedia has two businesses with the same seed. Neither has the
// media of the other.
func TestBusinessesHaveTheirOwnMedia(t *testing.T) {
	platform, err := fakewa.NewPlatform(fakewa.Config{Clock: fakewa.StillClock(fixed()), Webhook: &recorder{}})
	if err != nil {
		t.Fatal(err)
	}
	defer platform.Close()
	second, err := platform.Add(fakewa.Config{BusinessID: "1", PhoneNumberID: "2", AppID: "3", Webhook: &recorder{}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(platform)
	defer server.Close()
	for _, s := range platform.Businesses() {
		for name, id := range map[string]string{"upload": upload(t, s, pngBytes, "image/png"), "a user's": inbound(t, s, fakewa.Image("")).ID} {
			meta := request(t, server.Client(), "GET", server.URL+"/v23.0/"+id+"?phone_number_id="+s.Config().PhoneNumberID, "")
			if file := request(t, server.Client(), "GET", meta.URL, ""); meta.status != 200 || file.status != 200 {
				t.Errorf("%s: got %s, %s", name, meta.body, file.body)
			}
		}
	}
	if got := sendMedia(t, second, "image", upload(t, platform.First(), pngBytes, "image/png")); got.Error.Code != 100 {
		t.Errorf("another business' upload: got %s", got.body)
	}
	started := request(t, server.Client(), "POST", server.URL+"/3/uploads?file_length=1&file_type=image/png", "")
	if got := request(t, server.Client(), "POST", server.URL+"/"+started.ID, "x", "file_offset", "0"); got.H == "" {
		t.Errorf("got %s, %s", started.body, got.body)
	}
}
