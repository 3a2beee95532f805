// Package form reads the bodies of calls to the Graph API, which are JSON or
// forms: [Values] reads a form, [Kind] says what a JSON value is.
package form

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
)

// Values returns the fields of a form, and false if the content type is that of
// none.
func Values(contentType string, body []byte) (form url.Values, ok bool, err error) {
	media, params, _ := mime.ParseMediaType(contentType)
	switch media {
	case "application/x-www-form-urlencoded":
		form, err = url.ParseQuery(string(body))
	case "multipart/form-data":
		form, err = parts(body, params["boundary"])
	default:
		return nil, false, nil
	}
	if err != nil {
		return nil, true, fmt.Errorf("read as %s: %w", media, err)
	}
	return form, true, nil
}

func parts(body []byte, boundary string) (url.Values, error) {
	form := url.Values{}
	for parts := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := parts.NextPart()
		if err == io.EOF {
			return form, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		form.Add(part.FormName(), string(value))
	}
}

// Kind says in words what a decoded JSON value is.
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
