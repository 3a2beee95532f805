package media

import (
	"fmt"
	"mime"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
)

// LargestFile is the largest file of any kind, in bytes.
const LargestFile = 100 << 20

// kind is one of the kinds of media that messages have.
type kind struct {
	name    string
	largest int      // bytes
	types   []string // MIME, without parameters
}

var kinds = []kind{
	{"audio", 16 << 20, []string{"audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg"}},
	{"image", 5 << 20, []string{"image/jpeg", "image/png"}},
	{"video", 16 << 20, []string{"video/3gpp", "video/mp4"}},
	{"document", LargestFile, []string{
		"text/plain", "application/pdf",
		"application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.ms-powerpoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	}},
	{"sticker", 100 << 10, []string{"image/webp"}},
	// An upload of it is accepted; by reports, every message with it fails.
	{"raw opus", 16 << 20, []string{"audio/opus"}},
}

// largestAnimated is the largest animated sticker, in bytes.
const largestAnimated = 500 << 10

// BareType returns a MIME type without its parameters.
func BareType(typ string) string {
	if bare, _, err := mime.ParseMediaType(typ); err == nil {
		return bare
	}
	return typ
}

func kindOf(typ string) (kind, bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return slices.Contains(k.types, BareType(typ)) })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

// Types returns the MIME types of a kind: audio, image, video, document or sticker.
func Types(name string) []string {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	return kinds[i].types
}

// CheckFile returns why WhatsApp does not take a file of a MIME type, or nil: 100 for the
// type, or a file that is empty, and 131053 for the size [?].
func CheckFile(typ string, data []byte) *graph.Error {
	k, ok := kindOf(typ)
	if !ok {
		var all []string
		for _, k := range kinds {
			all = append(all, k.types...)
		}
		list := strings.Join(all, ", ")
		// fbsamples/whatsapp-api-examples#10, MissaelAnda/laravel-whatsapp#4, evo-ai-crm-community#263
		return graph.Param(fmt.Sprintf("Param file must be a file with one of the following types: %s. Received file of type '%.200s'.", list, typ),
			"the type of the file is %.60q; it must be one of %s.", typ, list)
	}
	largest, what := k.largest, fmt.Sprintf("%s (%s)", k.name, BareType(typ))
	if k.name == "sticker" && animated(data) {
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

// animated reports whether a file is a WebP with the animation flag, which is in the
// first byte of its extended header.
func animated(webp []byte) bool {
	return len(webp) > 20 && string(webp[:4]) == "RIFF" && string(webp[8:16]) == "WEBPVP8X" && webp[20]&0x02 != 0
}
