package message

// Media is a file that a message names, by ID or by Link.
type Media struct {
	Field string // that names it, as in "image" or "interactive.header.video"
	Kind  string // image, video, audio, document or sticker
	ID    string // of an upload; "" if there is a Link
	Link  string // an http or https URL; "" if there is an ID
}

func image(m object) { m.media("image").optionalText("caption", 1024) }

func video(m object) { m.media("video").optionalText("caption", 1024) }

func document(m object) {
	d := m.media("document")
	d.optionalText("caption", 1024)
	d.optionalText("filename", unlimited)
}

func audio(m object) {
	a := m.media("audio")
	a.without("caption")
	a.flag("voice")
}

func sticker(m object) { m.media("sticker").without("caption") }

// media reads a media object. Its field has the name of its kind.
func (o object) media(kind string) object {
	m := o.object(kind)
	found := Media{Field: m.path, Kind: kind}
	if m.oneOf("id", "link") == "id" {
		found.ID = m.text("id", unlimited)
	} else {
		found.Link = m.url("link")
	}
	o.message.Media = append(o.message.Media, found)
	return m
}
