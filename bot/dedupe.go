package bot

import (
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// Dedupe is how long the id of a message is remembered: Meta redelivers a webhook
// for up to 7 days.
const Dedupe = 7 * 24 * time.Hour

// seenKey is the mark that a message was seen: lua/append_once.lua sets it when it stores
// the message, and stores no message that has it. An id is long and contains the user's
// number, so the mark has a digest of it.
func (c *UserCache) seenKey(user, id string) string {
	digest := sha256.Sum256([]byte(id))
	return c.layout.Prefix(user) + "seen:" + base64.RawURLEncoding.EncodeToString(digest[:12])
}
