package fakewa_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
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
	reason   string // X-Fakewa-Reason
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
// another or none. The body of a refusal has the fake's reason beside it, which comes in a
// header.
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
	if reason := resp.Header.Get("X-Fakewa-Reason"); reason != "" {
		// It is ASCII, with escapes for what is not.
		if a.reason, err = strconv.Unquote(`"` + strings.ReplaceAll(reason, `"`, `\"`) + `"`); err != nil {
			t.Errorf("the reason %s: %v", reason, err)
		}
		a.body = strings.Replace(a.body, "{", fmt.Sprintf(`{"fakewa_reason":%s,`, jsonOf(t, a.reason)), 1)
	}
	return a
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// refused checks an error of the API: Meta's words, and the fake's reason.
func (a answer) refused(t *testing.T, status, code int, details ...string) {
	t.Helper()
	if a.status != status || a.Error.Code != code {
		t.Errorf("got %d %s, want status %d and code %d", a.status, a.body, status, code)
	}
	for _, d := range details {
		if !strings.Contains(a.Error.ErrorData.Details+a.Error.Message+a.reason, d) {
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
	a := request(t, client, method, "http://127.0.0.1/_fakewa/"+path, body)
	return a.status, a.body
}
