package message

import (
	"strings"

	"wappasim/fakewa/graph"
)

// Media is a file that a message names, by ID or by Link.
type Media struct {
	Field string // that names it, as in "image" or "interactive.header.video"
	Kind  string // image, video, audio, document or sticker
	ID    string // of an upload; "" if there is a Link
	Link  string // an http or https URL; "" if there is an ID
}

func image(m object) { m.media("image") }

func video(m object) { m.media("video") }

func document(m object) { m.media("document") }

func audio(m object) {
	m.media("audio").flag("voice")
}

func sticker(m object) { m.media("sticker") }

// media reads a media object. Its field has the name of its kind.
func (o object) media(kind string) object {
	m := o.object(kind)
	found := Media{Field: m.path, Kind: kind}
	switch {
	case strings.HasPrefix(m.path, "template") && !m.has("id") && !m.has("link"):
		// Reports of templates in production; more of the same code is [?].
		refused := graph.New(132018, "Either one of media ID or link must be present")
		refused.Why = o.reason(kind, "has neither id nor link; one of them is required.")
		m.refuseAs(refused)
	case m.oneOf("id", "link") == "id":
		found.ID = m.text("id", unlimited)
	default:
		found.Link = m.url("link")
	}
	if kind == "image" || kind == "video" || kind == "document" {
		m.optionalText("caption", 1024)
	}
	if kind == "document" {
		m.optionalText("filename", unlimited)
	}
	o.message.Media = append(o.message.Media, found)
	return m
}
