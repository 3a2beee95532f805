package message

import (
	"bytes"
	"encoding/json"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// asJSON returns the body as JSON. A form becomes an object with the same fields.
func asJSON(contentType string, body []byte) ([]byte, *graph.Error) {
	values, ok, err := params.Form(contentType, body)
	if err != nil {
		return nil, graph.New(100, "The body cannot be %v.", err)
	}
	if !ok {
		return body, nil
	}
	object := map[string]any{}
	for name, given := range values {
		object[name] = formValue(name, given[len(given)-1])
	}
	body, _ = json.Marshal(object) // strings and valid JSON: no error
	return body, nil
}

// withoutToken returns a copy of the body without a token in it, which is not part of the
// message, and a secret.
func withoutToken(fields map[string]any, body []byte) []byte {
	if _, ok := fields["access_token"]; !ok {
		return bytes.Clone(body)
	}
	delete(fields, "access_token")
	body, _ = json.Marshal(fields) // it came from JSON
	return body
}

// formValue returns a field of a form: an object or an array if it looks like one, and
// otherwise a string. The opaque data is always a string: the business may have put
// JSON into it.
func formValue(name, value string) any {
	looksJSON := strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[")
	if looksJSON && name != "biz_opaque_callback_data" && json.Valid([]byte(value)) {
		return json.RawMessage(value)
	}
	return value
}
