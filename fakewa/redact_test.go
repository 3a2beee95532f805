package fakewa_test

import (
	"strings"
	"testing"

	"wappasim/fakewa"
)

// TestSecretsAreNotLogged looks for secrets in the log of requests.
func TestSecretsAreNotLogged(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Token: "t0ken", AppSecret: "s3cret"})
	for path, body := range map[string]string{
		number + "/register":         `{"messaging_product":"whatsapp", "pin" : "271828"}`,
		number:                       `{"pin":"314159"}`,
		account + "/subscribed_apps": `{"override_callback_uri":"http://127.0.0.1:1/","verify_token":"v3rify \" me"}`,
		number + "/messages?access_token=t0ken&x=1": `{"messaging_product":"whatsapp","to":"1","text":{"body":"my \"pin\": 1"}}`,
	} {
		call(t, s, "POST", "/v23.0/"+path, "Bearer t0ken", body)
	}
	form(t, s, number+"/register", "application/x-www-form-urlencoded", "messaging_product=whatsapp&pin=161803&access_token=t0ken")
	requests := s.Requests()
	for _, r := range requests {
		for _, secret := range []string{"271828", "314159", "161803", "v3rify", "t0ken", "s3cret", "me\""} {
			if strings.Contains(r.Path+r.Body, secret) {
				t.Errorf("%s is in the log: %+v", secret, r)
			}
		}
	}
	if len(requests) != 5 {
		t.Errorf("got %d requests", len(requests))
	}
}
