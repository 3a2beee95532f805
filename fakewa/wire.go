package fakewa

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// wire encodes a webhook body in the bytes that Meta sends: ASCII only, anything
// else as \u and four digits of lower-case hex, and "/" as "\/".
func (e Escaping) wire(v any) ([]byte, error) {
	plain, err := encode(v)
	if err != nil || e == EscapingNone {
		return plain, err
	}
	b := make([]byte, 0, len(plain)+len(plain)/8)
	for _, r := range string(plain) {
		switch {
		case r == '/':
			b = append(b, '\\', '/')
		case r < 0x80 && !(e == EscapingHTML && strings.ContainsRune("<%@", r)):
			b = append(b, byte(r))
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				b = fmt.Appendf(b, `\u%04x`, unit)
			}
		}
	}
	return b, nil
}

// encode writes JSON without escaping "<", ">" and "&", which Meta does not.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
