// Package redact removes secrets from the bodies in the log of requests: PINs, tokens
// and the secret of the app. Call [Body]. The log has no headers and no queries at all.
package redact

import (
	"regexp"
	"strings"
)

var names = []string{"pin", "access_token", "verify_token", "client_secret", "input_token", "fb_exchange_token", "appsecret_proof"}

// secrets matches the values of these fields, in JSON and in forms.
var secrets = func() *regexp.Regexp {
	all := "(?:" + strings.Join(names, "|") + ")"
	return regexp.MustCompile(`("` + all + `"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[^\s,}"]+)|((?:^|&)` + all + `=)[^&]*`)
}()

// Body returns the body of a request with "…" in the place of each secret. Of a
// form with files it keeps nothing.
func Body(contentType string, body []byte) string {
	if strings.HasPrefix(contentType, "multipart/") {
		return ""
	}
	text := string(body)
	for _, name := range names {
		if strings.Contains(text, name) {
			return secrets.ReplaceAllString(text, `$1$2"…"`)
		}
	}
	return text
}
