package redact_test

import (
	"testing"

	"wappasim/fakewa/internal/redact"
)

func TestBody(t *testing.T) {
	const json, form = "application/json", "application/x-www-form-urlencoded"
	for _, test := range []struct{ typ, body, want string }{
		{json, `{"pin":"123456","x":"pin"}`, `{"pin":"…","x":"pin"}`},
		{json, `{"pin" : 123456}`, `{"pin" : "…"}`},
		{json, `{"verify_token":"a \" b","x":1}`, `{"verify_token":"…","x":1}`},
		{json, `{"x":{"access_token":"a"}}`, `{"x":{"access_token":"…"}}`},
		{json, `{"text":{"body":"my pin: 1"}}`, `{"text":{"body":"my pin: 1"}}`},
		{form, `pin=1&to=2`, `pin="…"&to=2`},
		{form, `to=2&access_token=a%20b`, `to=2&access_token="…"`},
		{form, `topin=1`, `topin=1`},
		{form, `client_secret=a&fb_exchange_token=b&appsecret_proof=c`, `client_secret="…"&fb_exchange_token="…"&appsecret_proof="…"`},
		{json, `{"input_token":"a|b"}`, `{"input_token":"…"}`},
		{"multipart/form-data; boundary=b", "--b", ""},
		{"", "", ""},
	} {
		if got := redact.Body(test.typ, []byte(test.body)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.body, got, test.want)
		}
	}
}
