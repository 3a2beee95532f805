package control

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/report"
)

// listRequests lists the calls of the bot that a test asks for.
func listRequests(s *fakewa.Server, r *http.Request) (any, error) {
	q := r.URL.Query()
	status, code := q.Get("status"), q.Get("code")
	for name := range q {
		if known := []string{"status", "code", "path"}; !slices.Contains(known, name) {
			return nil, fmt.Errorf("fakewa: unknown parameter %q; want one of %q", name, known)
		}
	}
	requests := slices.DeleteFunc(s.Requests(), func(call fakewa.Request) bool {
		return status != "" && status != strconv.Itoa(call.Status) || !strings.Contains(call.Path, q.Get("path")) ||
			code != "" && (call.Error == nil || code != strconv.Itoa(call.Error.Code))
	})
	return map[string]any{"requests": list(requests), "dropped": s.Dropped().Requests}, nil
}

func getReport(s *fakewa.Server, _ *http.Request) (any, error) { return report.Of(s), nil }
