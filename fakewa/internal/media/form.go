package media

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"wappasim/fakewa/graph"
)

// Form is the form of an upload, whose parts may have any order.
type Form struct {
	Fields map[string]string
	File   *File // nil: the form has none
}

// ReadForm reads a body of multipart/form-data.
func ReadForm(contentType string, body []byte) (form Form, refused *graph.Error) {
	typ, params, _ := mime.ParseMediaType(contentType)
	if typ != "multipart/form-data" || params["boundary"] == "" {
		return form, graph.New(100, "Content-Type is %.60q; it must be multipart/form-data with a boundary.", contentType)
	}
	form.Fields = make(map[string]string)
	for parts := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			if form.File == nil && len(form.Fields) == 0 {
				return form, graph.New(100, "The body has no part of multipart/form-data with the boundary %.80q.", params["boundary"])
			}
			return form, nil
		}
		if err == nil {
			err = form.readPart(part)
		}
		if err != nil {
			return form, graph.New(100, "The body cannot be read as multipart/form-data: %v.", err)
		}
	}
}

func (f *Form) readPart(part *multipart.Part) error {
	value, err := io.ReadAll(part)
	if name := part.FormName(); name == "file" && part.FileName() != "" {
		f.File = &File{MIME: part.Header.Get("Content-Type"), Name: part.FileName(), Bytes: value}
	} else {
		f.Fields[name] = string(value)
	}
	return err
}

// Complete returns the file with its type. The type of the file's part counts, whatever the
// field type says. A part without one has the type of the field, or that of its bytes [?].
func (f *Form) Complete() (*File, *graph.Error) {
	_, isField := f.Fields["file"]
	switch {
	case f.File == nil && isField:
		return nil, graph.New(100, "file is a part without a filename; it must be a file.")
	case f.File == nil:
		return nil, graph.Param("The parameter file is required.", "file is missing; it must be a part with a filename and the bytes of the file.")
	}
	f.File.MIME = cmp.Or(f.File.MIME, f.Fields["type"], http.DetectContentType(f.File.Bytes))
	return f.File, nil
}
