package fakewa

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"strings"
)

// draw returns bytes for an id. They depend on the seed, on what they are for, and on
// how often bytes were drawn for that: other calls do not change an id. The caller
// holds mu.
func (s *Server) draw(what string) [32]byte {
	s.drawn[what]++
	return s.bytes(s.drawn[what], what)
}

func (s *Server) bytes(n int, what string) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%d %d %s", s.seed, n, what))
}

// hashing makes the keys under which messageID counts ids. No id depends on it.
var hashing = maphash.MakeSeed()

// messageID returns an id "wamid.…" for a message with a user. Like WhatsApp's ids it
// is standard base64: it may have "+", "/" and "=" in it. The caller holds mu.
func (s *Server) messageID(c *conversation, direction Direction, body string) string {
	what := "message " + string(direction) + " " + c.user + " " + body
	key := maphash.String(hashing, what)
	c.drawn[key]++
	n := c.drawn[key]
	if c.born > 0 { // an id of a dropped message is not given again
		what = fmt.Sprint(c.born, " ", what)
	}
	sum := s.bytes(n, what)
	number := strings.TrimPrefix(c.user, "+")
	b := append([]byte{0x1d, 0x18, byte(len(number))}, number...)
	b = append(b, 0x15, 0x02, 0x00, 0x12, 0x18, 0x14)
	b = append(b, strings.ToUpper(hex.EncodeToString(sum[:10]))...)
	return "wamid." + base64.StdEncoding.EncodeToString(append(append(b, sum[10:13]...), 0))
}

// traceID returns an fbtrace_id. The caller holds mu.
func (s *Server) traceID() string {
	sum := s.draw("trace")
	return "A" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// mediaID returns the id of a file that a user sends. The caller holds mu.
func (s *Server) mediaID() string {
	return digits(s.draw("media" + s.apart))
}

// uploadID returns the id of a file that the bot uploads. It depends on the first two
// bytes of the file's hash, so that files that are uploaded at the same time have the
// same ids in each run. The caller holds mu.
func (s *Server) uploadID(sum [32]byte) string {
	return digits(s.draw(fmt.Sprintf("upload%s %x", s.apart, sum[:2])))
}

// digits returns an id of the form that Meta gives to media.
func digits(sum [32]byte) string {
	var id strings.Builder
	for _, b := range sum[:16] {
		id.WriteByte('0' + b%10)
	}
	return id.String()
}
