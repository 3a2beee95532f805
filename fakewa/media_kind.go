package fakewa

import (
	"fmt"
	"mime"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
)

// mediaKind is one of the kinds of media that messages have.
type mediaKind struct {
	name    string
	largest int      // bytes
	types   []string // MIME, without parameters
}

var mediaKinds = []mediaKind{
	{"audio", 16 << 20, []string{"audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg"}},
	{"image", 5 << 20, []string{"image/jpeg", "image/png"}},
	{"video", 16 << 20, []string{"video/3gpp", "video/mp4"}},
	{"document", largestFile, []string{
		"text/plain", "application/pdf",
		"application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.ms-powerpoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	}},
	{"sticker", 100 << 10, []string{"image/webp"}},
	// The upload takes it, and no message: by reports, sending it fails.
	{"raw opus", 16 << 20, []string{"audio/opus"}},
}

// largestAnimated is the largest animated sticker, in bytes.
const largestAnimated = 500 << 10

// bareType is a MIME type without its parameters.
func bareType(typ string) string {
	if bare, _, err := mime.ParseMediaType(typ); err == nil {
		return bare
	}
	return typ
}

// kindOf returns the kind of a MIME type.
func kindOf(typ string) (mediaKind, bool) {
	i := slices.IndexFunc(mediaKinds, func(k mediaKind) bool { return slices.Contains(k.types, bareType(typ)) })
	if i < 0 {
		return mediaKind{}, false
	}
	return mediaKinds[i], true
}

// typesOf returns the MIME types of a kind.
func typesOf(kind string) []string {
	i := slices.IndexFunc(mediaKinds, func(k mediaKind) bool { return k.name == kind })
	return mediaKinds[i].types
}

// refuseFile returns why WhatsApp does not take a file of a MIME type.
func refuseFile(typ string, data []byte) *graph.Error {
	kind, ok := kindOf(typ)
	if !ok {
		var all []string
		for _, k := range mediaKinds {
			all = append(all, k.types...)
		}
		return graph.New(131053, "type is %.60q; it must be one of %s.", typ, strings.Join(all, ", "))
	}
	largest, what := kind.largest, fmt.Sprintf("%s (%s)", kind.name, bareType(typ))
	if kind.name == "sticker" && animated(data) {
		largest, what = largestAnimated, "animated "+what
	}
	switch n := len(data); {
	case n == 0:
		return graph.New(100, "file is empty; it must have at least 1 byte.")
	case n > largest:
		return graph.New(131053, "file has %d bytes; for %s, %d are allowed.", n, what, largest)
	}
	return nil
}

// animated tells whether a file is a WebP with the animation flag, which is in
// the first byte of its extended header.
func animated(webp []byte) bool {
	return len(webp) > 20 && string(webp[:4]) == "RIFF" && string(webp[8:16]) == "WEBPVP8X" && webp[20]&0x02 != 0
}
