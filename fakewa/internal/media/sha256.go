package media

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// Sum returns the SHA-256 of a file. Of a large file it takes long: call it without
// a lock.
func Sum(data []byte) [sha256.Size]byte { return sha256.Sum256(data) }

// Hex is a SHA-256 as the API has it.
func Hex(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:]) }

// Base64Sum is the SHA-256 of a file as webhooks have it.
func (f *File) Base64Sum() string {
	sum, _ := hex.DecodeString(f.SHA256) // Hex encoded it
	return base64.StdEncoding.EncodeToString(sum)
}

// Content is the bytes of a file, and their SHA-256.
type Content struct {
	Bytes  []byte
	SHA256 string // hex
}

// NewContent hashes bytes, which takes long for large files.
func NewContent(data []byte) Content { return Content{data, Hex(Sum(data))} }
