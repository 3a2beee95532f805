// Package page is a page on which a fake of WhatsApp is seen and driven: phones, time,
// the line of what happened, templates, raw webhooks, faults, and the report card.
//
//	mux := http.NewServeMux()
//	mux.Handle("/_fakewa/", control.Handler(platform))
//	mux.Handle("/", page.Handler())
//
// It is HTML, CSS and native ES modules, without a build. The page is a client of the
// HTTP interface that GET /_fakewa/openapi.yaml describes, so all that is done on it
// can be done with curl. Where /_sim/ answers too it is the page of a world, with
// Redis, timers and the sentences of faults.
//
// It shows what people and bots have written as text and never as HTML, and allows
// itself no script and no request to elsewhere. It keeps nothing: it asks nobody for a
// password, as the control API does not, so it is for 127.0.0.1.
package page

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"

	"wappasim/fakewa/page/parts"
)

//go:embed index.html icon.svg *.js *.css panels world
var files embed.FS

// folder is where the files of the page are, beside the page itself at /. No id of the
// Graph API begins so.
const folder = "/_page/"

// policy is the Content-Security-Policy of the page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at /, and its files under /_page/. All else is 404.
func Handler() http.Handler {
	own := http.StripPrefix(folder, http.FileServerFS(files))
	shared := http.StripPrefix(folder+"parts/", http.FileServerFS(parts.Files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-cache")
		name, inside := strings.CutPrefix(r.URL.Path, folder)
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			header.Set("Allow", "GET, HEAD")
			http.Error(w, "the page is only read", http.StatusMethodNotAllowed)
		case r.URL.Path == "/":
			http.ServeFileFS(w, r, files, "index.html")
		case inside && isFile(files, name):
			own.ServeHTTP(w, r)
		case inside && isFile(parts.Files, strings.TrimPrefix(name, "parts/")) && strings.HasPrefix(name, "parts/"):
			shared.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// isFile says whether there is a file of this name; folders are not listed. The page
// itself is at / only: a file server would redirect its name.
func isFile(in fs.FS, name string) bool {
	found, err := fs.Stat(in, name)
	return err == nil && !found.IsDir() && name != "index.html"
}

// Serves says whether a call is for the page, and not for the Graph API beside it. The
// page asks for /_sim/, to learn whether there is a world, and is told by 404 that there
// is none.
func Serves(r *http.Request) bool {
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	return r.URL.Path == "/" && read || strings.HasPrefix(r.URL.Path, folder) || strings.HasPrefix(r.URL.Path, "/_sim/")
}
