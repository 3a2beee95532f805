package expiry

import "testing"

func TestMissingFlags(t *testing.T) {
	for flags, want := range map[string]string{"": "Ex", "xE": "", "Ex": "", "AKE": "", "AE": "", "AK": "E", "x": "E", "gKE": "x", "KEx": ""} {
		if got := missingFlags(flags); got != want {
			t.Errorf("%q: got %q, want %q", flags, got, want)
		}
	}
}
