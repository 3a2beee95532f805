package bot

import (
	"strings"
	"unicode/utf16"
)

// parts joins pieces of text into as few messages of at most limit UTF-16 units
// as their order allows. A piece is divided only if it is longer than limit
// itself. Line breaks between two pieces are dropped where one message ends
// with the first and the next begins with the second; nothing else is.
func parts(pieces []string, limit int) []string {
	var (
		done []string
		part strings.Builder
		used int    // units in part
		gap  string // line breaks since the last piece
	)
	flush := func() {
		if used > 0 {
			done = append(done, part.String())
		}
		part.Reset()
		used = 0
	}
	write := func(s string) {
		for _, r := range s {
			n := utf16.RuneLen(r)
			if used+n > limit {
				flush()
			}
			part.WriteRune(r)
			used += n
		}
	}
	for _, piece := range pieces {
		text := strings.Trim(piece, "\n")
		lead, tail, _ := strings.Cut(piece, text)
		gap += lead
		switch size := len(gap) + units(text); {
		case used+size <= limit:
			write(gap)
		case units(text) <= limit || used+len(gap) >= limit:
			flush()
		default: // too long for any one message: begin it where there is room
			write(gap)
		}
		write(text)
		gap = tail
	}
	flush()
	return done
}

func units(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
