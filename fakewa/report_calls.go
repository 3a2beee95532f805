package fakewa

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

func (r Request) download() bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.path(), attachments)
}

// expiredMedia looks at what followed when a media URL was not found. Its id is in
// the query, which is not logged, so it goes by the order of the calls.
func expiredMedia(h *history) (found []Evidence) {
	for i, r := range h.requests {
		if r.download() && r.Status == http.StatusNotFound && !r.ofTest() && !h.fetchedAnew(h.requests[i+1:]) {
			found = append(found, r.evidence("expired"))
		}
	}
	return found
}

// fetchedAnew tells whether calls begin with what Meta advises: a new URL, and the
// download from it.
func (h *history) fetchedAnew(calls []Request) bool {
	looked := false
	for _, r := range calls {
		if r.download() {
			return looked && r.Status == http.StatusOK
		}
		_, path := cutVersion(r.path())
		id := strings.Trim(path, "/")
		looked = looked || r.Method == http.MethodGet && r.Error == nil && graphObject.MatchString("/"+id) && !slices.Contains(h.own, id)
	}
	return false
}

// graphObject is the path of an object of the Graph API, without version.
var graphObject = regexp.MustCompile(`^/(\d+|upload:[^/]*)$`)

// unversioned looks at calls of objects. What else comes, such as somebody who
// looks whether the server is up, is no call of a bot.
func unversioned(h *history) (found []Evidence) {
	for _, r := range h.requests {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.path(), "/"), "/")
		if graphObject.MatchString("/" + first) {
			found = append(found, r.evidence(""))
		}
	}
	return found
}
