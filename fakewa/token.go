package fakewa

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// tokenOf returns the token of a call, and its scheme if it is in the header. One in the
// query wins, as clients that have both mean it: the header is that of their other calls [?].
func tokenOf(r *http.Request) (scheme, token string) {
	if token = r.URL.Query().Get("access_token"); token != "" {
		return "", token
	}
	if scheme, token, _ = strings.Cut(r.Header.Get("Authorization"), " "); token != "" {
		return scheme, token
	}
	return "", ""
}

// authorize accepts "Bearer" and, as Graph does, "OAuth" tokens, and one in the body.
func (s *Server) authorize(r *http.Request, body []byte) *graph.Error {
	scheme, token := tokenOf(r)
	if token == "" && bytes.Contains(body, []byte("access_token")) {
		token = params.Read(r, body).Text("access_token")
	}
	switch {
	case r.URL.Path == tokenPath:
		return nil
	case scheme != "" && !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "OAuth"):
		return graph.BadToken("the scheme of Authorization is neither Bearer nor OAuth")
	case token == "":
		return graph.BadToken("there is no Authorization header and no access_token")
	case s.isApp(token):
		return s.authorizeApp(r.URL.Path)
	}
	return s.checkToken(token)
}

// checkToken refuses a token that is not the business' or has expired.
func (s *Server) checkToken(token string) *graph.Error {
	if s.cfg.Token != "" && token != s.cfg.Token {
		return graph.BadToken("the token is another than that of the business")
	}
	if end := s.cfg.TokenExpires; !end.IsZero() && !s.clock.Now().Before(end) {
		return graph.ExpiredToken(end.UTC().Format(time.RFC1123))
	}
	return nil
}
