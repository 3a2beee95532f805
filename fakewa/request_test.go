package fakewa_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// answer is what the API says, an error or not.
type answer struct {
	status   int
	body     string
	header   http.Header
	ID, H    string
	URL      string
	MIMEType string `json:"mime_type"`
	SHA256   string
	FileSize any `json:"file_size"`
	Offset   int `json:"file_offset"`
	Success  bool
	Error    struct {
		Message   string
		Code      int
		Subcode   int                      `json:"error_subcode"`
		ErrorData struct{ Details string } `json:"error_data"`
	}
}

// request makes a call, with a token unless the headers, which are pairs, have
// another or none.
func request(t *testing.T, client *http.Client, method, url, body string, headers ...string) (a answer) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer x")
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		} else if req.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(content, &a) // the bytes of media are no JSON
	a.status, a.body, a.header = resp.StatusCode, string(content), resp.Header
	return a
}

// refused checks an error of the API.
func (a answer) refused(t *testing.T, status, code int, details ...string) {
	t.Helper()
	if a.status != status || a.Error.Code != code {
		t.Errorf("got %d %s, want status %d and code %d", a.status, a.body, status, code)
	}
	for _, d := range details {
		if !strings.Contains(a.Error.ErrorData.Details+a.Error.Message, d) {
			t.Errorf("got %s, want %q in it", a.body, d)
		}
	}
}

// call makes a call to the Graph API and returns status and body.
func call(t *testing.T, s *fakewa.Server, method, path, token, body string) (int, string) {
	t.Helper()
	a := request(t, s.Client(), method, "https://graph.facebook.com"+path, body, "Authorization", token)
	return a.status, strings.TrimSpace(a.body)
}

// form posts a body of a content type.
func form(t *testing.T, s *fakewa.Server, path, typ, body string) (int, string) {
	t.Helper()
	a := request(t, s.Client(), "POST", "https://graph.facebook.com/"+path, body, "Content-Type", typ)
	return a.status, a.body
}

// controlCall makes a call to the control API, in process.
func controlCall(t *testing.T, p *fakewa.Platform, method, path, body string) (int, string) {
	t.Helper()
	client := &http.Client{Transport: fakewa.InProcess(control.Handler(p))}
	a := request(t, client, method, "http://fakewa/_fakewa/"+path, body)
	return a.status, a.body
}
