package fakewa

import (
	"net/http"
	"regexp"
	"strings"
)

// secrets are the values of fields that the log of requests must not have, in JSON
// and in forms.
var secrets = regexp.MustCompile(`("(?:pin|access_token|verify_token)"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[^\s,}"]+)|((?:^|&)(?:pin|access_token|verify_token)=)[^&]*`)

// redact returns a body for the log. Of a form with files it keeps nothing.
func redact(r *http.Request, body []byte) string {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return ""
	}
	text := string(body)
	for _, name := range []string{"pin", "access_token", "verify_token"} {
		if strings.Contains(text, name) {
			return secrets.ReplaceAllString(text, `$1$2"…"`)
		}
	}
	return text
}
