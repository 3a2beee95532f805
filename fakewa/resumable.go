package fakewa

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"wappasim/fakewa/graph"
)

// uploadPath gives the sessions of resumable uploads a segment of their own:
// "/upload:x" is "/upload/x" to the patterns of routes.
func uploadPath(path string) string {
	if session, ok := strings.CutPrefix(path, "/upload:"); ok {
		return "/upload/" + session
	}
	return path
}

// postUploads begins an upload that comes in pieces: of the header of a template,
// or of a profile's picture.
func (s *Server) postUploads(r *http.Request, _ []byte) (any, *graph.Error) {
	q := r.URL.Query()
	length, err := strconv.ParseInt(q.Get("file_length"), 10, 64)
	switch {
	case err != nil || length < 1 || length > largestFile:
		return nil, graph.New(100, "file_length is %.60q; it must be a number of bytes from 1 to %d.", q.Get("file_length"), largestFile)
	case q.Get("file_type") == "":
		return nil, graph.New(100, "file_type is missing; it must be a MIME type such as image/png.")
	}
	if refused := s.refuseSize("file_length", length); refused != nil {
		return nil, refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "upload:" + s.handle("session")
	s.reserve(Media{ID: id, MIME: q.Get("file_type"), Name: q.Get("file_name")}, length)
	return map[string]string{"id": id}, nil
}

// handle returns a name for an upload. The caller holds mu.
func (s *Server) handle(what string) string {
	sum := s.draw(what + s.apart)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// reserve keeps a file that is uploaded in pieces, of which some may be missing.
// The caller holds mu.
func (s *Server) reserve(m Media, length int64) {
	m.Direction, m.At = Out, s.clock.Now()
	s.dropped.Media += s.resumable.put(&medium{Media: m, size: length}, uploadLife)
}

// session returns the upload that a call is about. The caller holds mu.
func (s *Server) session(r *http.Request) (*medium, *graph.Error) {
	id := "upload:" + r.PathValue("session")
	m, _ := s.resumable.get(id, s.clock.Now())
	if m == nil {
		return nil, graph.NoObject(r.Method, id)
	}
	return m, nil
}

// getUpload tells how much of an upload has come.
func (s *Server) getUpload(r *http.Request, _ []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, refused := s.session(r)
	if refused != nil {
		return nil, refused
	}
	return m.progress(), nil
}

func (m *medium) progress() map[string]any {
	return map[string]any{"id": m.ID, "file_offset": len(m.Bytes)}
}

// postUpload takes a piece, and answers the last one with the handle of the file.
func (s *Server) postUpload(r *http.Request, piece []byte) (any, *graph.Error) {
	progress, whole, refused := s.takePiece(r, piece)
	if refused != nil {
		return nil, refused
	}
	if whole == nil {
		return progress, nil
	}
	sum := sha256.Sum256(whole.Bytes) // without the lock: it may take long
	s.mu.Lock()
	defer s.mu.Unlock()
	whole.ID, whole.SHA256 = "4:"+s.handle("handle"), hex.EncodeToString(sum[:])
	s.reserve(*whole, int64(len(whole.Bytes)))
	return map[string]string{"h": whole.ID}, nil
}

// takePiece appends a piece to an upload, and returns how much has come, or the
// whole file, which ends the session.
func (s *Server) takePiece(r *http.Request, piece []byte) (progress any, whole *Media, refused *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, refused := s.session(r)
	if refused != nil {
		return nil, nil, refused
	}
	came := len(m.Bytes)
	switch offset := r.Header.Get("file_offset"); {
	case offset != strconv.Itoa(came):
		return nil, nil, graph.New(100, "The header file_offset is %.60q; it must be %d, which have come so far.", offset, came)
	case int64(came+len(piece)) > m.size:
		return nil, nil, graph.New(100, "The upload has %d bytes now; file_length was %d.", came+len(piece), m.size)
	}
	m.Bytes = append(m.Bytes, piece...)
	if int64(len(m.Bytes)) < m.size {
		return m.progress(), nil, nil
	}
	s.resumable.remove(m, "is complete")
	return nil, &m.Media, nil
}
