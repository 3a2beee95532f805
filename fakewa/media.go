package fakewa

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/media"
	"wappasim/fakewa/internal/params"
	"wappasim/fakewa/message"
)

// Media is a file that the bot uploaded or a user sent.
type Media struct {
	ID        string    // for messages; "4:…" if it was uploaded in pieces
	Direction Direction // Out: the bot uploaded it
	At        time.Time // when it was uploaded or sent
	MIME      string    // with its parameters, if it has any
	Name      string    // of the file; "" if none was given
	SHA256    string    // hex
	Bytes     []byte
}

func (s *Server) mediaRoutes(phone string) []route {
	return []route{
		{"POST /" + phone + "/media", s.postMedia, largestUpload},
		{"GET " + attachments + "{$}", s.getAttachment, 0},
		{"POST /" + s.cfg.AppID + "/uploads", s.postUploads, 0},
		{"GET /upload/{session}", s.getUpload, 0},
		{"POST /upload/{session}", s.postUpload, largestUpload},
	}
}

// Media returns a file that the bot uploaded or a user sent, by its id. ok is false
// if it has expired, was deleted or dropped, or is not complete.
func (s *Server) Media(id string) (m Media, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, store := range []*media.Store{s.media, s.resumable} {
		if f, _ := store.Get(id, s.clock.Now()); f != nil && f.SHA256 != "" {
			m = Media{f.ID, Out, f.At, f.MIME, f.Name, f.SHA256, slices.Clone(f.Bytes)}
			if f.Inbound {
				m.Direction = In
			}
			return m, true
		}
	}
	return Media{}, false
}

// refuseSize returns why a file is larger than all that the fake keeps, in words
// about a field.
func (s *Server) refuseSize(field string, size int64) *graph.Error {
	if size > s.cfg.MediaBytes {
		return graph.New(131053, "%s has %d bytes; this fake keeps %d (media_bytes).", field, size, s.cfg.MediaBytes)
	}
	return nil
}

// storeMedia stores a file until it expires. The caller holds mu.
func (s *Server) storeMedia(f media.File) *media.Entry {
	f.At = s.clock.Now()
	entry, dropped := s.media.Put(f)
	s.dropped.Media += dropped
	return entry
}

// refuseMedia returns why the API refuses the media of a message, or nil. It does not
// look at links. The caller holds mu.
func (s *Server) refuseMedia(m *message.Message) *graph.Error {
	for _, named := range m.Media {
		if named.ID == "" {
			continue
		}
		if found, gone := s.media.Get(named.ID, s.clock.Now()); found == nil {
			return graph.Param("Param "+params.Path(named.Field+".id")+" is not a valid whatsapp business account media attachment ID",
				"%s.id is %.60q, which %s.", named.Field, named.ID, gone) // as n8n's node looks for it
		}
	}
	return nil
}

// undeliverable returns why the media of an accepted message cannot be delivered, or
// nil: they must be of the kind that the message says. A document may be of any kind.
// The caller holds mu.
func (s *Server) undeliverable(m *message.Message) *graph.Error {
	for _, named := range m.Media {
		found, _ := s.media.Get(named.ID, s.clock.Now())
		if named.ID == "" || found == nil || named.Kind == "document" {
			continue
		}
		if types := media.Types(named.Kind); !slices.Contains(types, media.BareType(found.MIME)) {
			return graph.New(131053, "%s.id is %q, which is %.60s; it must be %s.", named.Field, named.ID, found.MIME, strings.Join(types, " or "))
		}
	}
	return nil
}

// mediaObject answers calls to the id of a file.
func (s *Server) mediaObject(r *http.Request, f media.File) (any, *graph.Error) {
	phone := r.URL.Query().Get("phone_number_id")
	switch {
	case phone != "" && phone != s.cfg.PhoneNumberID:
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return chosen(r, "WhatsAppBusinessMedia", s.metadata(r, f), nil)
	case r.Method == http.MethodDelete:
		return s.deleteMedia(r, f.ID)
	}
	return nil, graph.NoObject(r.Method, f.ID)
}

func (s *Server) deleteMedia(r *http.Request, id string) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry, _ := s.media.Get(id, s.clock.Now())
	if entry == nil { // another call deleted it in the meantime
		return nil, graph.NoObject(r.Method, id)
	}
	s.media.Remove(entry, "was deleted")
	return success, nil
}

const (
	lookaside   = "https://lookaside.fbsbx.com" // Meta's host for downloads
	attachments = media.DownloadPath
)

// metadata is a file as GET /{media-id} answers it.
func (s *Server) metadata(r *http.Request, f media.File) map[string]any {
	sum := f.SHA256
	if s.cfg.MediaBase64 {
		sum = f.Base64Sum()
	}
	return map[string]any{
		"messaging_product": "whatsapp", "id": f.ID, "url": s.mediaURL(calledBase(r), f.ID),
		"mime_type": f.MIME, "sha256": sum, "file_size": len(f.Bytes),
	}
}

// calledBase returns the scheme and host by which a bot reaches the fake, as its call
// shows: the URL of a call in process has both, a call over TCP has the Host. A caller
// of Meta's host gets Meta's host for downloads.
func calledBase(r *http.Request) string {
	base := url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host}
	if base.Host == "" {
		base.Host, base.Scheme = r.Host, "http"
		if r.TLS != nil {
			base.Scheme = "https"
		}
	}
	if base.Hostname() == "graph.facebook.com" {
		return lookaside
	}
	return base.String()
}

func (s *Server) links() media.Links {
	return media.Links{Secret: s.cfg.AppSecret, Phone: s.cfg.PhoneNumberID}
}

// mediaURL returns a URL under a base by which a file is downloaded.
func (s *Server) mediaURL(base, id string) string {
	return s.links().URL(base, id, s.clock.Now())
}

// getAttachment answers a download.
func (s *Server) getAttachment(r *http.Request, _ []byte) (any, *graph.Error) {
	now := s.clock.Now()
	id, refused := s.links().Check(r.URL.Query(), now)
	if refused != nil {
		return nil, refused
	}
	s.mu.Lock()
	f, gone := s.media.Get(id, now)
	s.mu.Unlock()
	if f == nil {
		return nil, media.NoDownload("mid is %q, which %s.", id, gone)
	}
	return &special{status: http.StatusOK, mime: f.MIME, bytes: f.Bytes}, nil
}
