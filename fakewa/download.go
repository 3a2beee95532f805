package fakewa

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"wappasim/fakewa/graph"
)

const (
	// lookaside is where Meta has media downloaded, and attachments the path there.
	lookaside   = "https://lookaside.fbsbx.com"
	attachments = "/whatsapp_business/attachments/"

	urlLife = 5 * time.Minute
)

// metadata is a medium as the API tells about it.
func (s *Server) metadata(r *http.Request, m Media) map[string]any {
	sum := m.SHA256
	if s.cfg.MediaBase64 {
		sum = base64Sum(m)
	}
	return map[string]any{
		"messaging_product": "whatsapp", "id": m.ID, "url": s.mediaURL(calledBase(r), m.ID),
		"mime_type": m.MIME, "sha256": sum, "file_size": len(m.Bytes),
	}
}

// base64Sum is the SHA-256 of a medium as webhooks have it.
func base64Sum(m Media) string {
	sum, _ := hex.DecodeString(m.SHA256) // it was encoded here
	return base64.StdEncoding.EncodeToString(sum)
}

// calledBase returns the scheme and host by which a bot reaches the fake, as its
// call shows: the URL of a call in process has both, one over TCP the Host. Who
// calls Meta's host gets Meta's for downloads.
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

// mediaURL returns a URL under a base by which a medium is downloaded.
func (s *Server) mediaURL(base, id string) string {
	ext := strconv.FormatInt(s.clock.Now().Add(urlLife).Unix(), 10)
	return base + attachments + "?mid=" + url.QueryEscape(id) + "&ext=" + ext + "&hash=" + s.urlHash(id, ext)
}

// urlHash makes sure that the URL of a medium is one that the fake gave out.
func (s *Server) urlHash(id, ext string) string {
	mac := hmac.New(sha256.New, []byte(s.cfg.AppSecret))
	fmt.Fprintf(mac, "%s %s %s", s.cfg.PhoneNumberID, id, ext)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
}

// getAttachment answers the download of a medium.
func (s *Server) getAttachment(r *http.Request, _ []byte) (any, *graph.Error) {
	q := r.URL.Query()
	id, ext := q.Get("mid"), q.Get("ext")
	if !hmac.Equal([]byte(q.Get("hash")), []byte(s.urlHash(id, ext))) {
		return nil, noDownload("The URL is none that was given out.")
	}
	seconds, _ := strconv.ParseInt(ext, 10, 64) // as it was given out
	now := s.clock.Now()
	if expires := time.Unix(seconds, 0); now.After(expires) {
		return nil, noDownload("The URL expired at %s, %s after it was given out; GET /%s has a new one.", expires.UTC().Format(time.RFC3339), urlLife, id)
	}
	s.mu.Lock()
	m, gone := s.media.get(id, now)
	s.mu.Unlock()
	if m == nil {
		return nil, noDownload("mid is %q, which %s.", id, gone)
	}
	return &special{status: http.StatusOK, mime: m.MIME, bytes: m.Bytes}, nil
}

func noDownload(format string, args ...any) *graph.Error {
	refused := graph.New(100, format, args...)
	refused.Status = http.StatusNotFound
	return refused
}
