package control_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// TestSettingsOfABusinessAreItsOwn adds a business with settings of its own: those of the first
// one, from which the others come, stay as they are.
func TestSettingsOfABusinessAreItsOwn(t *testing.T) {
	platform, err := fakewa.NewPlatform(fakewa.Config{Recipients: []string{"+16505550001"}, NotOnWhatsApp: []string{"+16505550002"}, TakeUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	defer platform.Close()
	w := httptest.NewRecorder()
	body := `{"business_id":"1","phone_number_id":"2","recipients":["+16505550003"],"not_on_whatsapp":["+16505550004"],"take_unknown":false}`
	control.Handler(platform).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/_fakewa/businesses", strings.NewReader(body)))
	if w.Code != http.StatusCreated {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	first, second := platform.First().Config(), platform.Business("1").Config()
	if !first.Rules.TakeUnknown || second.Rules.TakeUnknown {
		t.Errorf("keys that are unknown are taken: by the first %t, by the second %t", first.Rules.TakeUnknown, second.Rules.TakeUnknown)
	}
	for _, c := range []struct {
		got  []string
		want string
	}{
		{first.Recipients, "+16505550001"}, {first.NotOnWhatsApp, "+16505550002"},
		{second.Recipients, "+16505550003"}, {second.NotOnWhatsApp, "+16505550004"},
	} {
		if !slices.Equal(c.got, []string{c.want}) {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
