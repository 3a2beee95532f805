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
//
// lua/change_once.lua sets it as well for a message that is edited or deleted.
func (c *UserCache) seenKey(user, id string) string {
	digest := sha256.Sum256([]byte(id))
	return c.layout.Prefix(user) + "seen:" + base64.RawURLEncoding.EncodeToString(digest[:12])
}

// changeKey is what lua/change_once.lua remembers of the edits and the deletion of a
// message, for as long.
func (c *UserCache) changeKey(user, id string) string { return c.seenKey(user, "change of "+id) }
