package control

import (
	"mime"
	"net/http"

	"wappasim/fakewa"
)

func getMedia(s *fakewa.Server, r *http.Request) (any, error) {
	id := r.PathValue("id")
	file, ok := s.Media(id)
	if !ok {
		return nil, notFound("fakewa: there is no file %q: it has expired, was deleted or dropped, or never was", id)
	}
	return file, nil
}

// serveFile writes the bytes of a file. They come from anybody: a browser must not take
// them for a page of this server.
func serveFile(w http.ResponseWriter, file fakewa.Media) {
	kind := "application/octet-stream"
	if bare, parameters, err := mime.ParseMediaType(file.MIME); err == nil {
		kind = mime.FormatMediaType(bare, parameters)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(file.Bytes) // the client went away
}
