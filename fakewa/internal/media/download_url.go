package media

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"wappasim/fakewa/graph"
)

// LinkLifetime is how long a download URL is valid.
const LinkLifetime = 5 * time.Minute

// DownloadPath is the path of all download URLs.
const DownloadPath = "/whatsapp_business/attachments/"

// Links makes and checks download URLs, which have a signature: nobody else can make
// one.
type Links struct {
	Secret string // of the app
	Phone  string // phone number id
}

// URL returns the URL under a base by which a file can be downloaded from now on.
func (l Links) URL(base, id string, now time.Time) string {
	ext := strconv.FormatInt(now.Add(LinkLifetime).Unix(), 10)
	return base + DownloadPath + "?mid=" + url.QueryEscape(id) + "&ext=" + ext + "&hash=" + l.signature(id, ext)
}

func (l Links) signature(id, ext string) string {
	mac := hmac.New(sha256.New, []byte(l.Secret))
	fmt.Fprintf(mac, "%s %s %s", l.Phone, id, ext)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
}

// Check returns the id of the file that a URL with this query downloads. It refuses
// a URL that was not made by URL, or is too old.
func (l Links) Check(q url.Values, now time.Time) (id string, refused *graph.Error) {
	id, ext := q.Get("mid"), q.Get("ext")
	if !hmac.Equal([]byte(q.Get("hash")), []byte(l.signature(id, ext))) {
		return "", NoDownload("The URL is not one that this fake made.")
	}
	seconds, _ := strconv.ParseInt(ext, 10, 64) // URL has written it
	if expires := time.Unix(seconds, 0); now.After(expires) {
		return "", NoDownload("The URL expired at %s, %s after it was made; GET /%s for a new one.", expires.UTC().Format(time.RFC3339), LinkLifetime, id)
	}
	return id, nil
}

// NoDownload refuses a download with 404.
func NoDownload(format string, args ...any) *graph.Error {
	refused := graph.New(100, format, args...)
	refused.Status = http.StatusNotFound
	return refused
}
