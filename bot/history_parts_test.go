package bot

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func TestParts(t *testing.T) {
	for name, test := range map[string]struct {
		pieces []string
		want   []string
	}{
		"nothing":                     {nil, nil},
		"all in one":                  {[]string{"h\n\n", "1. a\n", "\ne"}, []string{"h\n\n1. a\n\ne"}},
		"exactly full":                {[]string{"12345\n", "6789\n"}, []string{"12345\n6789"}},
		"one over":                    {[]string{"12345\n", "67890\n"}, []string{"12345", "67890"}},
		"the gap does not count":      {[]string{"1234567890\n", "\nend"}, []string{"1234567890", "end"}},
		"too long begins where it is": {[]string{"head\n", "1234567890ABC\n", "end"}, []string{"head\n12345", "67890ABC", "end"}},
		"too long goes on":            {[]string{"1234567890ABC\n", "end"}, []string{"1234567890", "ABC\nend"}},
		"line breaks of a text stay":  {[]string{"a\n\nb", "c\n"}, []string{"a\n\nbc"}},
		"a pair is not torn":          {[]string{"123456789😀x"}, []string{"123456789", "😀x"}},
		"units, not characters":       {[]string{"😀😀😀😀😀", "x"}, []string{"😀😀😀😀😀", "x"}},
		"breaks only":                 {[]string{"\n\n", "a", "\n"}, []string{"\n\na"}},
	} {
		got := parts(test.pieces, 10)
		if strings.Join(got, "|") != strings.Join(test.want, "|") || len(got) != len(test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// FuzzParts divides texts: nothing but line breaks is lost, no part is too long
// or empty.
func FuzzParts(f *testing.F) {
	f.Add("head\n\n", "1. text\n", "\nend", 12)
	f.Add("", "😀😀😀", "\n\n\n", 2)
	f.Fuzz(func(t *testing.T, a, b, c string, limit int) {
		if limit < 2 || limit > 5000 {
			return
		}
		var all string
		for _, part := range parts([]string{a, b, c}, limit) {
			if n := len(utf16.Encode([]rune(part))); n == 0 || n > limit {
				t.Errorf("a part of %d units: %q", n, part)
			}
			all += part
		}
		bare := func(s string) string { return strings.ReplaceAll(string([]rune(s)), "\n", "") }
		if got, want := bare(all), bare(a)+bare(b)+bare(c); got != want {
			t.Errorf("got %q of %q", got, want)
		}
	})
}

func TestSeconds(t *testing.T) {
	if got := count(1, "message") + ", " + count(0, "message") + ", " + count(2, "second"); got != "1 message, 0 messages, 2 seconds" {
		t.Error(got)
	}
}
