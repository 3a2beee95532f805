package fakewa

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"

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

// uploadPath gives the sessions of resumable uploads a segment of their own, as the
// patterns of routes need it: "/upload:x" becomes "/upload/x".
func uploadPath(path string) string {
	if session, ok := strings.CutPrefix(path, "/upload:"); ok {
		return "/upload/" + session
	}
	return path
}

// postUploads begins an upload in pieces: of the header of a template, or of a
// profile's picture.
func (s *Server) postUploads(r *http.Request, _ []byte) (any, *graph.Error) {
	q := r.URL.Query()
	length, err := strconv.ParseInt(q.Get("file_length"), 10, 64)
	switch {
	case err != nil || length < 1 || length > media.LargestFile:
		return nil, graph.New(100, "file_length is %.60q; it must be a number of bytes from 1 to %d.", q.Get("file_length"), media.LargestFile)
	case q.Get("file_type") == "":
		return nil, graph.New(100, "file_type is missing; it must be a MIME type such as image/png.")
	}
	if refused := s.refuseSize("file_length", length); refused != nil {
		return nil, refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "upload:" + s.handle("session")
	s.reserve(media.File{ID: id, MIME: q.Get("file_type"), Name: q.Get("file_name")}, length)
	return map[string]string{"id": id}, nil
}

// handle returns a name for an upload. The caller holds mu.
func (s *Server) handle(what string) string {
	sum := s.draw(what + s.apart)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// reserve stores a file of which pieces may be missing. The caller holds mu.
func (s *Server) reserve(f media.File, size int64) {
	f.At = s.clock.Now()
	_, dropped := s.resumable.Reserve(f, size)
	s.dropped.Media += dropped
}

// session returns the upload that a call is about. The caller holds mu.
func (s *Server) session(r *http.Request) (*media.Entry, *graph.Error) {
	id := "upload:" + r.PathValue("session")
	entry, _ := s.resumable.Get(id, s.clock.Now())
	if entry == nil {
		return nil, graph.NoObject(r.Method, id)
	}
	return entry, nil
}

// getUpload tells how many bytes of an upload the fake has.
func (s *Server) getUpload(r *http.Request, _ []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry, refused := s.session(r)
	if refused != nil {
		return nil, refused
	}
	return progress(entry), nil
}

func progress(entry *media.Entry) map[string]any {
	return map[string]any{"id": entry.ID, "file_offset": len(entry.Bytes)}
}

// postUpload takes a piece. The answer to the last piece is the handle of the file.
func (s *Server) postUpload(r *http.Request, piece []byte) (any, *graph.Error) {
	answer, complete, refused := s.takePiece(r, piece)
	if refused != nil {
		return nil, refused
	}
	if complete == nil {
		return answer, nil
	}
	sum := media.Sum(complete.Bytes) // without the lock
	s.mu.Lock()
	defer s.mu.Unlock()
	complete.ID, complete.SHA256 = "4:"+s.handle("handle"), media.Hex(sum)
	s.reserve(*complete, int64(len(complete.Bytes)))
	return map[string]string{"h": complete.ID}, nil
}

// takePiece appends a piece to an upload. It returns the answer, or the complete
// file, which ends the session.
func (s *Server) takePiece(r *http.Request, piece []byte) (answer any, complete *media.File, refused *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry, refused := s.session(r)
	if refused != nil {
		return nil, nil, refused
	}
	offset, size := len(entry.Bytes), len(entry.Bytes)+len(piece)
	switch given := r.Header.Get("file_offset"); {
	case given != strconv.Itoa(offset):
		return nil, nil, graph.New(100, "The header file_offset is %.60q; it must be %d, which have come so far.", given, offset)
	case int64(size) > entry.Size():
		return nil, nil, graph.New(100, "The upload has %d bytes now; file_length was %d.", size, entry.Size())
	}
	entry.Bytes = append(entry.Bytes, piece...)
	if int64(size) < entry.Size() {
		return progress(entry), nil, nil
	}
	s.resumable.Remove(entry, "is complete")
	return nil, &entry.File, nil
}
