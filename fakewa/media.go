package fakewa

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
)

// How long media live.
const (
	uploadLife  = 30 * 24 * time.Hour
	inboundLife = 7 * 24 * time.Hour
)

func (s *Server) mediaRoutes(phone string) []route {
	return []route{
		{"POST /" + phone + "/media", s.postMedia, largestUpload},
		{"GET " + attachments + "{$}", s.getAttachment, 0},
		{"POST /" + s.cfg.AppID + "/uploads", s.postUploads, 0},
		{"GET /upload/{session}", s.getUpload, 0},
		{"POST /upload/{session}", s.postUpload, largestUpload},
	}
}

// Upload uploads a file of a MIME type as the bot does with POST /{phone}/media.
// Its error is a [graph.Error]: 131053 for a type or size that WhatsApp does not
// take.
func (s *Server) Upload(data []byte, mime string) (id string, err error) {
	id, refused := s.upload(Media{Direction: Out, MIME: mime, Bytes: bytes.Clone(data)})
	if refused != nil {
		return "", fmt.Errorf("fakewa: upload: %w", refused)
	}
	return id, nil
}

// Media returns what the bot uploaded or a user sent, by its id, while it is kept.
func (s *Server) Media(id string) (Media, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range []*library{s.media, s.resumable} {
		if m, _ := l.get(id, s.clock.Now()); m != nil && m.SHA256 != "" { // else it is not all there
			found := m.Media
			found.Bytes = slices.Clone(found.Bytes)
			return found, true
		}
	}
	return Media{}, false
}

// upload keeps a file that the bot uploads, unless WhatsApp does not take it.
func (s *Server) upload(m Media) (id string, refused *graph.Error) {
	if refused := refuseFile(m.MIME, m.Bytes); refused != nil {
		return "", refused
	}
	if refused := s.refuseSize("file", int64(len(m.Bytes))); refused != nil {
		return "", refused
	}
	sum := sha256.Sum256(m.Bytes) // before the lock: it may take long
	s.mu.Lock()
	defer s.mu.Unlock()
	m.ID, m.SHA256 = s.uploadID(sum), hex.EncodeToString(sum[:])
	s.shelve(m)
	return m.ID, nil
}

// refuseSize returns why the fake has no room for a file, in words about a field.
func (s *Server) refuseSize(field string, size int64) *graph.Error {
	if size > s.cfg.MediaBytes {
		return graph.New(131053, "%s has %d bytes; this fake keeps %d (media_bytes).", field, size, s.cfg.MediaBytes)
	}
	return nil
}

// shelve keeps a medium for as long as it lives. The caller holds mu.
func (s *Server) shelve(m Media) *medium {
	life := uploadLife
	if m.Direction == In {
		life = inboundLife
	}
	m.At = s.clock.Now()
	kept := &medium{Media: m, size: int64(len(m.Bytes))}
	s.dropped.Media += s.media.put(kept, life)
	return kept
}

// refuseMedia returns why the API does not take the media of a message. Links are
// taken without a look. The caller holds mu.
func (s *Server) refuseMedia(m *message.Message) *graph.Error {
	for _, named := range m.Media {
		if named.ID == "" {
			continue
		}
		if found, gone := s.media.get(named.ID, s.clock.Now()); found == nil {
			return graph.New(100, "%s.id is %.60q, which %s.", named.Field, named.ID, gone)
		}
	}
	return nil
}

// undeliverable returns why the media of a message that the API took cannot be
// delivered: they are of another kind than the message says. A document may be
// of any. The caller holds mu.
func (s *Server) undeliverable(m *message.Message) *graph.Error {
	for _, named := range m.Media {
		found, _ := s.media.get(named.ID, s.clock.Now())
		if named.ID == "" || found == nil || named.Kind == "document" {
			continue
		}
		if types := typesOf(named.Kind); !slices.Contains(types, bareType(found.MIME)) {
			return graph.New(131053, "%s.id is %q, which is %.60s; it must be %s.", named.Field, named.ID, found.MIME, strings.Join(types, " or "))
		}
	}
	return nil
}

// mediaObject answers calls to a medium.
func (s *Server) mediaObject(r *http.Request, m Media) (any, *graph.Error) {
	phone := r.URL.Query().Get("phone_number_id")
	switch {
	case phone != "" && phone != s.cfg.PhoneNumberID:
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return chosen(r, s.metadata(r, m))
	case r.Method == http.MethodDelete:
		return s.deleteMedia(r, m.ID)
	}
	return nil, graph.NoObject(r.Method, m.ID)
}

func (s *Server) deleteMedia(r *http.Request, id string) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, _ := s.media.get(id, s.clock.Now())
	if m == nil { // somebody was faster
		return nil, graph.NoObject(r.Method, id)
	}
	s.media.remove(m, "was deleted")
	return success, nil
}
