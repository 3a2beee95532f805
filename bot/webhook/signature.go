package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// SignatureHeader carries "sha256=" and the hex HMAC-SHA256 of the raw body,
// keyed with the app secret.
const SignatureHeader = "X-Hub-Signature-256"

// Verify tells whether header signs body with secret. It takes the same time
// wherever the signatures differ. Body must be the bytes as they came: WhatsApp
// signs its escaped form, which no decoder gives back.
func Verify(secret string, body []byte, header string) bool {
	digest, found := strings.CutPrefix(header, "sha256=")
	got, err := hex.DecodeString(digest)
	if !found || err != nil {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hmac.Equal(got, mac.Sum(nil))
}
