package fakewa_test

import (
	"net/url"
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestNumberHasFields(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{})
	if status, answer := call(t, s, "GET", "/v23.0/"+number+"?fields=display_phone_number", "Bearer x", ""); status != 200 || answer != `{"display_phone_number":"+1 555-078-3881","id":"106540352242922"}` {
		t.Errorf("got %d %s", status, answer)
	}
	if status, answer := call(t, s, "GET", "/"+number, "OAuth x", ""); status != 200 || !strings.Contains(answer, "verified_name") {
		t.Errorf("got %d %s", status, answer)
	}
	if status, _ := call(t, s, "GET", "/"+number+"?fields=nothing&access_token=x", "", ""); status != 400 {
		t.Errorf("an unknown field: got %d", status)
	}
}

// TestTokenInTheBody sends the token as calls with a form do (curl -d access_token=…).
func TestTokenInTheBody(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Token: "right", Window: fakewa.WindowOff})
	const form, json = "application/x-www-form-urlencoded", "application/json"
	send := url.Values{"messaging_product": {"whatsapp"}, "to": {"1"}, "text": {`{"body":"hi"}`}, "access_token": {"right"}}.Encode()
	for _, test := range []struct {
		typ, body, header string
		status            int
	}{
		{form, send, "", 200},
		{json, `{"messaging_product":"whatsapp","to":"1","text":{"body":"hi"},"access_token":"right"}`, "", 200},
		{form, strings.Replace(send, "right", "wrong", 1), "", 401},
		{form, strings.Replace(send, "access_token=right&", "", 1), "", 401},
		{form, strings.Replace(send, "right", "wrong", 1), "Bearer right", 200}, // the header counts [?]
		{json, `"access_token"`, "", 401},
	} {
		a := request(t, s.Client(), "POST", api+number+"/messages", test.body, "Content-Type", test.typ, "Authorization", test.header)
		if a.status != test.status {
			t.Errorf("%s with the header %q: got %d %s", test.body, test.header, a.status, a.body)
		}
	}
	if kept := jsonOf(t, s.Sent()) + jsonOf(t, s.Requests()); strings.Contains(kept, "right") {
		t.Errorf("the token is kept: %s", kept)
	}
}
