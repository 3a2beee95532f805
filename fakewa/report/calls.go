package report

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/internal/media"
)

// isDownload tells whether a call downloads a file from the URL that WhatsApp gave.
func isDownload(r fakewa.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(path(r), media.DownloadPath)
}

var version = regexp.MustCompile(`^/v\d+\.\d+/`)

// expiredMedia looks for downloads that were not found and not followed by a new URL. The
// id of the file is in the query, which is not logged, so the order of calls decides.
func expiredMedia(h *history) (found []Evidence) {
	for i, r := range h.requests {
		if isDownload(r) && r.Status == http.StatusNotFound && !injected(r) && !h.fetchedAnew(h.requests[i+1:]) {
			found = append(found, ofCall(r, "expired"))
		}
	}
	return found
}

// fetchedAnew tells whether the next calls are what Meta advises: ask for a new URL, and
// download from it.
func (h *history) fetchedAnew(calls []fakewa.Request) bool {
	looked := false
	for _, r := range calls {
		if isDownload(r) {
			return looked && r.Status == http.StatusOK
		}
		id := strings.Trim(version.ReplaceAllString(path(r), "/"), "/")
		looked = looked || r.Method == http.MethodGet && r.Error == nil && graphObject.MatchString("/"+id) && !slices.Contains(h.own, id)
	}
	return false
}

// graphObject is the path of an object of the Graph API, without version.
var graphObject = regexp.MustCompile(`^/(\d+|upload:[^/]*)$`)

// unversioned looks at calls of objects. Other calls, such as a look whether the
// server is up, are not a bot's.
func unversioned(h *history) (found []Evidence) {
	for _, r := range h.requests {
		first, _, _ := strings.Cut(strings.TrimPrefix(path(r), "/"), "/")
		if graphObject.MatchString("/" + first) {
			found = append(found, ofCall(r, ""))
		}
	}
	return found
}

// unknownKey looks at the keys that the server took although it does not know them.
func unknownKey(h *history) (found []Evidence) {
	for _, r := range h.requests {
		if len(r.Unknown) > 0 {
			found = append(found, ofCall(r, strings.Join(r.Unknown, ", ")))
		}
	}
	return found
}
