package fakewa

import (
	"net/http"
	"net/url"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/media"
)

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
