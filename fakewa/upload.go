package fakewa

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

const (
	largestFile   = 100 << 20           // bytes
	largestUpload = largestFile + 1<<20 // with the form around it
)

// postMedia takes an upload.
func (s *Server) postMedia(r *http.Request, body []byte) (any, *graph.Error) {
	form, refused := readForm(r.Header.Get("Content-Type"), body)
	if refused != nil {
		return nil, refused
	}
	product := cmp.Or(form.fields["messaging_product"], r.URL.Query().Get("messaging_product"))
	_, isField := form.fields["file"]
	switch {
	case product == "":
		refused = graph.New(100, `messaging_product is missing; it must be "whatsapp".`)
		refused.Message = "(#100) The parameter messaging_product is required."
	case product != "whatsapp":
		refused = graph.New(100, `messaging_product is %.60q; it must be "whatsapp".`, product)
	case form.file != nil:
		refused = form.setType()
	case isField:
		refused = graph.New(100, "file is a part without a filename; it must be a file.")
	default:
		refused = graph.New(100, "file is missing; it must be a part with a filename and the bytes of the file.")
	}
	if refused != nil {
		return nil, refused
	}
	id, refused := s.upload(*form.file)
	if refused != nil {
		return nil, refused
	}
	return map[string]string{"id": id}, nil
}

// uploadForm is the form of an upload, whose parts come in any order.
type uploadForm struct {
	fields map[string]string
	file   *Media // nil: none
}

func readForm(contentType string, body []byte) (form uploadForm, refused *graph.Error) {
	media, params, _ := mime.ParseMediaType(contentType)
	if media != "multipart/form-data" || params["boundary"] == "" {
		return form, graph.New(100, "Content-Type is %.60q; it must be multipart/form-data with a boundary.", contentType)
	}
	form.fields = make(map[string]string)
	for parts := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			if form.file == nil && len(form.fields) == 0 {
				return form, graph.New(100, "The body has no part of multipart/form-data with the boundary %.80q.", params["boundary"])
			}
			return form, nil
		}
		if err == nil {
			err = form.read(part)
		}
		if err != nil {
			return form, graph.New(100, "The body cannot be read as multipart/form-data: %v.", err)
		}
	}
}

func (f *uploadForm) read(part *multipart.Part) error {
	value, err := io.ReadAll(part)
	if name := part.FormName(); name == "file" && part.FileName() != "" {
		f.file = &Media{Direction: Out, MIME: part.Header.Get("Content-Type"), Name: part.FileName(), Bytes: value}
	} else {
		f.fields[name] = string(value)
	}
	return err
}

// unknownType is what HTTP clients say of bytes of which they know nothing.
const unknownType = "application/octet-stream"

// setType gives the file the type that the form says, or its part, or its bytes.
func (f *uploadForm) setType() *graph.Error {
	if f.file.MIME == unknownType {
		f.file.MIME = ""
	}
	f.file.MIME = cmp.Or(f.fields["type"], f.file.MIME, http.DetectContentType(f.file.Bytes))
	if f.fields["type"] == "" && f.file.MIME == unknownType {
		return graph.New(100, "type is missing; it must be the MIME type of the file, which neither its part nor its bytes tell.")
	}
	return nil
}
