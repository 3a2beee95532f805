package params

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"wappasim/fakewa/graph"
)

// pageSize is how many entries a page has if the call does not set limit.
const pageSize = 25

// Entry is an entry of a list that has pages. The list is ordered by Key.
type Entry struct {
	Key    string
	Object any
}

// Page answers with the page that a call asks for with limit, after and before. A
// cursor stays valid after its entry was removed.
func Page(r *http.Request, list []Entry) (any, *graph.Error) {
	q := r.URL.Query()
	limit := pageSize
	if given := q.Get("limit"); given != "" {
		var err error
		if limit, err = strconv.Atoi(given); err != nil || limit < 1 {
			return nil, graph.New(100, "limit is %.60q; it must be a whole number from 1.", given)
		}
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(a.Key, b.Key) })
	list, refused := afterCursor(q, list)
	if refused == nil {
		list, refused = beforeCursor(q, list, limit)
	}
	if refused != nil {
		return nil, refused
	}
	more := len(list) > limit
	list = list[:min(limit, len(list))]
	data := []any{}
	for _, e := range list {
		data = append(data, e.Object)
	}
	answer := map[string]any{"data": data}
	if len(list) > 0 {
		first, last := cursor(list[0]), cursor(list[len(list)-1])
		paging := map[string]any{"cursors": map[string]string{"before": first, "after": last}}
		if more {
			paging["next"] = nextPage(r, last)
		}
		answer["paging"] = paging
	}
	return answer, nil
}

// afterCursor returns the entries behind the cursor that the call names as after.
func afterCursor(q url.Values, list []Entry) ([]Entry, *graph.Error) {
	at, found, refused := find(q, "after", list)
	if found {
		at++
	}
	return list[at:], refused
}

// beforeCursor returns the limit entries in front of the cursor that the call names
// as before.
func beforeCursor(q url.Values, list []Entry, limit int) ([]Entry, *graph.Error) {
	if q.Get("before") == "" {
		return list, nil
	}
	at, _, refused := find(q, "before", list)
	return list[max(0, at-limit):at], refused
}

// find returns the place of the entry that a cursor names, or where it was.
func find(q url.Values, name string, list []Entry) (at int, found bool, refused *graph.Error) {
	given := q.Get(name)
	key, err := base64.RawURLEncoding.DecodeString(given)
	if err != nil {
		return 0, false, graph.New(100, "%s is %.60q; it must be a cursor of an answer.", name, given)
	}
	if given == "" {
		return 0, false, nil
	}
	at, found = slices.BinarySearchFunc(list, string(key), func(e Entry, key string) int { return cmp.Compare(e.Key, key) })
	return at, found, nil
}

func cursor(e Entry) string { return base64.RawURLEncoding.EncodeToString([]byte(e.Key)) }

// nextPage returns the URL of the page after a cursor. Unlike Graph's it has no
// token.
func nextPage(r *http.Request, after string) string {
	next := *r.URL
	next.Host = r.Host
	switch {
	case next.Scheme != "": // a call in process
	case r.TLS != nil:
		next.Scheme = "https"
	default:
		next.Scheme = "http"
	}
	if called, err := url.ParseRequestURI(r.RequestURI); err == nil {
		next.Path, next.RawPath = called.Path, called.RawPath // the server has cut off the version
	}
	q := next.Query()
	q.Del("access_token")
	q.Set("after", after)
	next.RawQuery = q.Encode()
	return next.String()
}
