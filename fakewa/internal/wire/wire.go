// Package wire writes JSON in the bytes that Meta sends: [JSON] encodes a value,
// and [Escape] makes the body of a webhook ASCII.
package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// JSON encodes a value without a newline at the end. It leaves "<", ">" and "&" as
// they are, as Meta does; [json.Marshal] would escape them.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

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
