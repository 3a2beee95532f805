package fakewa

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/media"
)

// largestUpload is the largest body of an upload, in bytes: a file with the form
// around it.
const largestUpload = media.LargestFile + 1<<20

// Upload uploads a file of a MIME type, as the bot does with POST /{phone}/media. Its
// error is a [graph.Error]: 100 for a type that WhatsApp does not take, 131053 for a size.
func (s *Server) Upload(data []byte, mime string) (id string, err error) {
	id, refused := s.upload(media.File{MIME: mime, Bytes: bytes.Clone(data)})
	if refused != nil {
		return "", fmt.Errorf("fakewa: upload: %w", refused)
	}
	return id, nil
}

// upload stores a file that the bot uploads, unless WhatsApp does not take it.
func (s *Server) upload(f media.File) (id string, refused *graph.Error) {
	if refused := media.CheckFile(f.MIME, f.Bytes); refused != nil {
		return "", refused
	}
	if refused := s.refuseSize("file", int64(len(f.Bytes))); refused != nil {
		return "", refused
	}
	sum := media.Sum(f.Bytes) // before the lock
	s.mu.Lock()
	defer s.mu.Unlock()
	f.ID, f.SHA256 = s.uploadID(sum), media.Hex(sum)
	s.storeMedia(f)
	return f.ID, nil
}

// postMedia answers an upload.
func (s *Server) postMedia(r *http.Request, body []byte) (any, *graph.Error) {
	form, refused := media.ReadForm(r.Header.Get("Content-Type"), body)
	if refused != nil {
		return nil, refused
	}
	switch product := cmp.Or(form.Fields["messaging_product"], r.URL.Query().Get("messaging_product")); product {
	case "whatsapp":
	case "":
		return nil, graph.Param("The parameter messaging_product is required.", `messaging_product is missing; it must be "whatsapp".`)
	default:
		return nil, graph.New(100, `messaging_product is %.60q; it must be "whatsapp".`, product)
	}
	f, refused := form.Complete()
	if refused != nil {
		return nil, refused
	}
	id, refused := s.upload(*f)
	if refused != nil {
		return nil, refused
	}
	return map[string]string{"id": id}, nil
}
