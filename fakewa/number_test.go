package fakewa_test

import (
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
