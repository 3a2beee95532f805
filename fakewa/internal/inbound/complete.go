// Package inbound knows what WhatsApp adds to the messages of users: the fields that their
// webhooks always have.
//
//	inbound.Complete(object) // a messages[] object, which it changes
//
// What a field has already stays. Ids, times and files are not its business.
package inbound

import (
	"cmp"
	"maps"
	"strings"
)

// Complete adds the fields that the webhook of a message always has. It changes the object
// itself, and no object in it.
func Complete(object map[string]any) {
	if referral, ok := object["referral"].(map[string]any); ok {
		object["referral"] = ad(referral)
	}
	typ, _ := object["type"].(string)
	inner, isObject := object[typ].(map[string]any)
	if !isObject && object[typ] != nil {
		return // of a wrong kind, which stays what it is
	}
	inner = maps.Clone(inner)
	if inner == nil {
		inner = make(map[string]any)
	}
	switch typ {
	case "audio":
		fill(inner, "voice", false)
	case "sticker":
		fill(inner, "animated", false)
	case "document":
		mime, _ := inner["mime_type"].(string)
		fill(inner, "filename", filename(mime))
	case "unsupported":
		fill(inner, "type", "unknown")
		fill(object, "errors", Unsupported())
	case "unknown":
		fill(object, "errors", Unsupported())
		return
	case "button":
		alike(inner, "payload", "text")
	case "interactive":
		reply(inner)
	case "order":
		order(inner)
	case "system":
		from, _ := object["from"].(string)
		changed(inner, from)
	case "location":
		number(inner, "latitude")
		number(inner, "longitude")
	default:
		return
	}
	object[typ] = inner
}

func fill(object map[string]any, name string, value any) {
	if _, ok := object[name]; !ok {
		object[name] = value
	}
}

// Unsupported returns the errors of a message of a type that the API does not support.
func Unsupported() []any {
	return []any{map[string]any{
		"code": 131051, "title": "Message type unknown", "message": "Message type unknown",
		"error_data": map[string]any{"details": "Message type is currently not supported."},
	}}
}

// filename returns a name for a document of a MIME type; without one, for a PDF.
func filename(mime string) string {
	mime, _, _ = strings.Cut(mime, ";")
	_, ending, _ := strings.Cut(mime, "/")
	if known, ok := endings[mime]; ok {
		ending = known
	}
	return "document." + cmp.Or(ending, "pdf")
}

// endings are those of files whose MIME type does not end with them.
var endings = map[string]string{
	"text/plain":                    "txt",
	"application/msword":            "doc",
	"application/vnd.ms-excel":      "xls",
	"application/vnd.ms-powerpoint": "ppt",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}
