package wire_test

import (
	"encoding/json"
	"math"
	"testing"

	"wappasim/fakewa/internal/wire"
)

// TestEscape holds the bytes of captured webhooks, and that they decode to the same
// text.
func TestEscape(t *testing.T) {
	const text = "é👍 a/b <50% @home> & \u2028"
	for also, want := range map[string]string{
		"":    `"\u00e9\ud83d\udc4d a\/b <50% @home> & \u2028"`,
		"<%@": `"\u00e9\ud83d\udc4d a\/b \u003c50\u0025 \u0040home> & \u2028"`,
	} {
		plain, err := wire.JSON(text)
		if err != nil {
			t.Fatal(err)
		}
		got := wire.Escape(plain, also)
		if string(got) != want {
			t.Errorf("with %q: got %s, want %s", also, got, want)
		}
		var decoded string
		if err := json.Unmarshal(got, &decoded); err != nil || decoded != text {
			t.Errorf("%s decodes to %q, %v", got, decoded, err)
		}
	}
}

// TestJSON leaves HTML as it is, ends without a newline, and returns the error of
// what is no JSON.
func TestJSON(t *testing.T) {
	if got, err := wire.JSON(map[string]string{"a": "<b> & é"}); err != nil || string(got) != `{"a":"<b> & é"}` {
		t.Errorf("got %s, %v", got, err)
	}
	if got, err := wire.JSON(math.NaN()); err == nil {
		t.Errorf("got %s", got)
	}
}
