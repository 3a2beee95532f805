// Package wire writes JSON in the bytes that Meta sends: [JSON] encodes a value, [Value] is that of a webhook about users,
// and [Escape] makes the body of a webhook ASCII.
package wire

import (
	"bytes"
	"encoding/json"
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
