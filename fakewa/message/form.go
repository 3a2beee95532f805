package message

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"

	"wappasim/fakewa/graph"
)

// asJSON returns the body as JSON. A form becomes an object with a field for
// each of its fields.
func asJSON(contentType string, body []byte) ([]byte, *graph.Error) {
	media, params, _ := mime.ParseMediaType(contentType)
	var form url.Values
	var err error
	switch media {
	case "application/x-www-form-urlencoded":
		form, err = url.ParseQuery(string(body))
	case "multipart/form-data":
		form, err = multipartForm(body, params["boundary"])
	default:
		return body, nil
	}
	if err != nil {
		return nil, graph.New(100, "The body cannot be read as %s: %v.", media, err)
	}
	object := map[string]any{}
	for name, values := range form {
		object[name] = formValue(name, values[len(values)-1])
	}
	delete(object, "access_token") // no part of the message, and a secret
	body, _ = json.Marshal(object) // strings and valid JSON: no error
	return body, nil
}

func multipartForm(body []byte, boundary string) (url.Values, error) {
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

// formValue is an object or an array if it looks like one. The opaque data is
// the business' own text, which may well be JSON.
func formValue(name, value string) any {
	looksJSON := strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[")
	if looksJSON && name != "biz_opaque_callback_data" && json.Valid([]byte(value)) {
		return json.RawMessage(value)
	}
	return value
}
