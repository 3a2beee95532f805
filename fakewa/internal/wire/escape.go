package wire

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Escape returns JSON in ASCII: every other character, and every one of also,
// becomes \u and four digits of lower-case hex, and "/" becomes "\/". Captured
// webhooks look like this.
func Escape(body []byte, also string) []byte {
	b := make([]byte, 0, len(body)+len(body)/8)
	for _, r := range string(body) {
		switch {
		case r == '/':
			b = append(b, '\\', '/')
		case r < 0x80 && !strings.ContainsRune(also, r):
			b = append(b, byte(r))
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				b = fmt.Appendf(b, `\u%04x`, unit)
			}
		}
	}
	return b
}
