package fakewa_test

import (
	"testing"

	"wappasim/fakewa"
)

// FuzzMessages looks for bodies that break the server.
func FuzzMessages(f *testing.F) {
	f.Add(hi)
	f.Add(`{"messaging_product":"whatsapp","status":"read","message_id":"x"}`)
	f.Fuzz(func(t *testing.T, body string) {
		s := fakewa.New(fakewa.Config{})
		defer s.Close()
		if status, answer := call(t, s, "POST", "/v1.0/"+number+"/messages", "Bearer x", body); status != 200 && status != 400 {
			t.Errorf("%d %s", status, answer)
		}
	})
}
