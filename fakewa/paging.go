package fakewa

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"

	"wappasim/fakewa/graph"
)

// pageSize is how many entries a page has unless the call says so.
const pageSize = 25

// listed is an entry of a list that comes in pages, ordered by key.
type listed struct {
	key    string
	object any
}

// paged answers with the page of a list that a call asks for with limit, after
// and before. A cursor stays good when its entry goes.
func paged(r *http.Request, list []listed) (any, *graph.Error) {
	q := r.URL.Query()
	limit := pageSize
	if given := q.Get("limit"); given != "" {
		var err error
		if limit, err = strconv.Atoi(given); err != nil || limit < 1 {
			return nil, graph.New(100, "limit is %.60q; it must be a whole number from 1.", given)
		}
	}
	slices.SortFunc(list, func(a, b listed) int { return cmp.Compare(a.key, b.key) })
	for _, name := range []string{"after", "before"} {
		given := q.Get(name)
		key, err := base64.RawURLEncoding.DecodeString(given)
		if err != nil {
			return nil, graph.New(100, "%s is %.60q; it must be a cursor of an answer.", name, given)
		}
		if given == "" {
			continue
		}
		at, found := slices.BinarySearchFunc(list, string(key), func(l listed, key string) int { return cmp.Compare(l.key, key) })
		if name == "before" {
			list = list[max(0, at-limit):at]
			continue
		}
		if found {
			at++
		}
		list = list[at:]
	}
	more := len(list) > limit
	list = list[:min(limit, len(list))]
	data := []any{}
	for _, l := range list {
		data = append(data, l.object)
	}
	answer := map[string]any{"data": data}
	if len(list) > 0 {
		paging := map[string]any{"cursors": map[string]string{"before": cursor(list[0]), "after": cursor(list[len(list)-1])}}
		if more {
			paging["next"] = nextPage(r, cursor(list[len(list)-1]))
		}
		answer["paging"] = paging
	}
	return answer, nil
}

func cursor(l listed) string { return base64.RawURLEncoding.EncodeToString([]byte(l.key)) }

// nextPage is the URL of the page after a cursor. Unlike Graph's it has no token.
func nextPage(r *http.Request, after string) string {
	next := *r.URL
	next.Host = r.Host
	switch {
	case next.Scheme != "": // in process
	case r.TLS != nil:
		next.Scheme = "https"
	default:
		next.Scheme = "http"
	}
	if v, _ := cutVersion(r.RequestURI); v != "" {
		next.Path = "/" + v + next.Path
	}
	q := next.Query()
	q.Del("access_token")
	q.Set("after", after)
	next.RawQuery = q.Encode()
	return next.String()
}
