package media_test

import (
	"slices"
	"testing"

	"wappasim/fakewa/internal/media"
)

// TestCheckFile checks files at the limits of their kinds, and beyond.
func TestCheckFile(t *testing.T) {
	animation := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02"), make([]byte, 500<<10)...)
	for _, test := range []struct {
		typ  string
		data []byte
		code int
	}{
		{"image/png", make([]byte, 5<<20), 0},
		{"image/png", make([]byte, 5<<20+1), 131053},
		{"audio/ogg; codecs=opus", make([]byte, 16<<20), 0},
		{"video/mp4", make([]byte, 16<<20+1), 131053},
		{"application/pdf", make([]byte, media.LargestFile), 0},
		{"image/webp", make([]byte, 100<<10+1), 131053},
		{"image/webp", animation[:500<<10], 0},
		{"image/webp", animation[:500<<10+1], 131053},
		{"image/png", nil, 100},
		{"image/gif", []byte("GIF89a"), 100},
		{"video/webm", []byte("x"), 100},
		{"application/octet-stream", []byte("x"), 100},
		{"", []byte("x"), 100},
	} {
		code := 0
		if refused := media.CheckFile(test.typ, test.data); refused != nil {
			code = refused.Code
		}
		if code != test.code {
			t.Errorf("%d bytes of %q: got %d, want %d", len(test.data), test.typ, code, test.code)
		}
	}
	if got := media.Types("sticker"); !slices.Equal(got, []string{"image/webp"}) {
		t.Errorf("stickers are %q", got)
	}
}
