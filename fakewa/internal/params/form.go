package params

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
)

// Form returns the fields of a body that is a form. isForm is false if the content
// type is not that of a form.
func Form(contentType string, body []byte) (fields url.Values, isForm bool, err error) {
	media, params, _ := mime.ParseMediaType(contentType)
	switch media {
	case "application/x-www-form-urlencoded":
		fields, err = url.ParseQuery(string(body))
	case "multipart/form-data":
		fields, err = multipartForm(body, params["boundary"])
	default:
		return nil, false, nil
	}
	if err != nil {
		return nil, true, fmt.Errorf("read as %s: %w", media, err)
	}
	return fields, true, nil
}

func multipartForm(body []byte, boundary string) (url.Values, error) {
	fields := url.Values{}
	for parts := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := parts.NextPart()
		if err == io.EOF {
			return fields, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		fields.Add(part.FormName(), string(value))
	}
}
