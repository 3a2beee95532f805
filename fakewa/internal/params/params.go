// Package params reads the parameters of calls to the Graph API. They are in the
// query, and in a body of JSON or of a form.
//
//	f := params.Read(r, body)
//	code := f.Need("code", "the code that WhatsApp sent")
//	if f.Refused() != nil {
//		return nil, f.Refused()
//	}
//
// [Page] answers with one page of a list, as the parameters limit, after and before
// ask. [Form] and [Kind] serve package message too, which has rules of its own.
package params

import (
	"fmt"
	"unicode/utf16"
)

// Kind says in words what a decoded JSON value is, as in "a string".
func Kind(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case float64:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return "null"
}

// Shown shows a decoded JSON value in an error: a string in quotes, and of anything else its
// type.
func Shown(value any) string {
	if text, ok := value.(string); ok {
		return fmt.Sprintf("%.80q", text)
	}
	return Kind(value)
}

// Characters returns the length of a text in UTF-16 units, the strictest reading of
// Meta's limits.
func Characters(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
