package cloudapi_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"wappasim/examples/internal/cloudapi"
	"wappasim/fakewa"
)

// TestWebhooksAreChecked wants an answer of 200 only for what is signed and done.
func TestWebhooksAreChecked(t *testing.T) {
	var heard []string
	var failed error
	hook := cloudapi.Webhook{
		Account: cloudapi.Account{AppSecret: "right", VerifyToken: "verify"},
		OnMessage: func(_ context.Context, m cloudapi.Message) error {
			heard = append(heard, m.From+" "+m.Type+" "+m.Text+m.Tapped)
			return failed
		},
	}
	post := func(secret, body string) int {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		r := httptest.NewRequest("POST", "/webhook", strings.NewReader(body))
		r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		w := httptest.NewRecorder()
		hook.ServeHTTP(w, r)
		return w.Code
	}
	message := `{"entry":[{"changes":[{"value":{"messages":[{"id":"wamid.1","from":"16505551234","timestamp":"1700000000","type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"page:Pizza"}}}]}}]}]}`
	if got := post("wrong", message); got != 401 || heard != nil {
		t.Errorf("a wrong signature: got %d, %q", got, heard)
	}
	if got := post("right", "not JSON"); got != 200 || heard != nil {
		t.Errorf("no JSON: got %d, %q", got, heard)
	}
	if got := post("right", message); got != 200 || len(heard) != 1 || heard[0] != "+16505551234 interactive page:Pizza" {
		t.Errorf("a tap: got %d, %q", got, heard)
	}
	failed = errors.New("Redis is away")
	if got := post("right", message); got != 503 {
		t.Errorf("a failure: got %d", got)
	}
	for query, want := range map[string]int{"hub.mode=subscribe&hub.verify_token=verify&hub.challenge=7": 200, "hub.mode=subscribe&hub.verify_token=no&hub.challenge=7": 403} {
		w := httptest.NewRecorder()
		hook.ServeHTTP(w, httptest.NewRequest("GET", "/webhook?"+query, nil))
		if w.Code != want || want == 200 && w.Body.String() != "7" {
			t.Errorf("%s: got %d %q", query, w.Code, w.Body)
		}
	}
}

// TestSendTellsRefusals sends every kind of content, and one that WhatsApp refuses.
func TestSendTellsRefusals(t *testing.T) {
	wa := fakewa.Test(t, fakewa.Config{Window: fakewa.WindowOff})
	account := cloudapi.Account{HTTP: wa.Client(), GraphURL: "https://graph.facebook.com/v23.0", PhoneNumberID: "106540352242922", Token: "any"}
	yes := cloudapi.Option{ID: "yes", Title: "Yes"}
	for _, c := range []cloudapi.Content{cloudapi.Text("hello"), cloudapi.Buttons("Well?", yes), cloudapi.List("Well?", "Open", yes), cloudapi.Template("hello_world", "en_US")} {
		if err := account.Send(t.Context(), "+16505551234", c, "mine"); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
	err := account.Send(t.Context(), "+16505551234", cloudapi.Buttons("Well?"), "mine")
	if code, refused := cloudapi.WasRefused(err); !refused || cloudapi.ForNow(code) {
		t.Errorf("no buttons: got %v", err)
	}
	wa.Inject(fakewa.Fault{Code: 130429, Times: 1})
	err = account.Send(t.Context(), "+16505551234", cloudapi.Text("hello"), "mine")
	if code, refused := cloudapi.WasRefused(err); !refused || !cloudapi.ForNow(code) {
		t.Errorf("a rate limit: got %v", err)
	}
}
