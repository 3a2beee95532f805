package edits_test

import (
	"fmt"
	"testing"

	"wappasim/internal/edits"
)

func ExampleNearest() {
	fmt.Println(edits.Nearest("webhok", []string{"token", "webhook"})) // webhook
	// Output: webhook
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"ab", "", 2}, {"kitten", "sitting", 3}, {"Ángel", "Angel", 1}, {"abc", "abc", 0}} {
		if got := edits.Distance(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNearestIsNear(t *testing.T) {
	for given, want := range map[string]string{"tokn": "token", "weather": "", "": ""} {
		if got := edits.Nearest(given, []string{"token", "webhook"}); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
	if got := edits.Nearest("a", nil); got != "" {
		t.Errorf("got %q", got)
	}
}
