package params

import (
	"fmt"
	"net/http"
	"strings"

	"wappasim/fakewa/graph"
)

// Names returns the names in a list like "id,throughput{level},webhook.limit(1)". It refuses
// a list with an empty name, or with a brace that is open at its end.
func Names(list string) (names []string, refused *graph.Error) {
	depth, start := 0, 0
	for i, c := range list + "," {
		switch {
		case c == '{' || c == '(':
			depth++
		case c == '}' || c == ')':
			depth--
		case c == ',' && depth <= 0:
			name := strings.TrimSpace(list[start:i])
			if name = name[:strings.IndexAny(name+"{", "{.(")]; name == "" {
				return nil, syntaxError("Expected name.", i, list)
			}
			names = append(names, name)
			start = i + 1
		}
	}
	if depth > 0 {
		return nil, syntaxError(`Expected "}" before the end.`, len(list), list)
	}
	return names, nil
}

// syntaxError is Graph's error for a list that cannot be read. Its form is that of other
// lists, its words are [?].
func syntaxError(what string, at int, list string) *graph.Error {
	return &graph.Error{Status: http.StatusBadRequest, Code: 2500, Type: "OAuthException", Message: fmt.Sprintf(`Syntax error "%s" at character %d: %.200s`, what, at, list)}
}
