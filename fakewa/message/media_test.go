package message

const link = "https://example.com/file"

// mediaCase is the case of a kind of media with optional fields, and their refusals.
func mediaCase(kind string, fields j, more ...refusal) typeCase {
	largest := j{"id": "4490709327384033"}
	for name, value := range fields {
		largest[name] = value
	}
	return typeCase{
		smallest: given{j{kind: j{"link": link}}, Message{Media: []Media{{kind, kind, "", link}}}},
		largest:  given{j{kind: largest}, Message{Media: []Media{{kind, kind, "4490709327384033", ""}}}},
		refusals: append([]refusal{
			{kind, gone{}, 100, "is missing; it must be an object.", ""},
			{kind, a{}, 100, "is an array; it must be an object.", ""},
			{kind + ".id", gone{}, 100, "is missing, and so is " + kind + ".link; one of them is required.", ""},
			{kind + ".id", "", 100, "is empty; it must have at least 1 character.", ""},
			{kind + ".id", 4490709327384033, 100, "is a number; it must be a string.", ""},
			{kind + ".link", link, 131009, "is set, and so is " + kind + ".id; only one of them is allowed.", ""},
			{kind, j{"link": 1}, 100, "is a number; it must be a string.", kind + ".link"},
			{kind, j{"link": "ftp://example.com"}, 100, `is "ftp://example.com"; it must be an http or https URL.`, kind + ".link"},
			{kind, j{"link": "https:///file"}, 100, `is "https:///file"; it must be an http or https URL.`, kind + ".link"},
			{kind, j{"link": "https://%"}, 100, `is "https://%"; it must be an http or https URL.`, kind + ".link"},
		}, more...),
	}
}

var (
	imageCase = mediaCase("image", j{"caption": long(1024)}, longCaption("image")...)
	videoCase = mediaCase("video", j{"caption": long(1024)}, longCaption("video")...)

	documentCase = mediaCase("document", j{"caption": long(1024), "filename": "a.pdf"},
		append(longCaption("document"), refusal{"document.filename", true, 100, "is a boolean; it must be a string.", ""})...)
	audioCase = mediaCase("audio", j{"voice": true},
		refusal{"audio.caption", "a", 100, "is a key that the API does not know.", ""},
		refusal{"audio.voice", 1, 100, "is a number; it must be a boolean.", ""})
	stickerCase = mediaCase("sticker", j{},
		refusal{"sticker.caption", "a", 100, "is a key that the API does not know.", ""})
)

func longCaption(kind string) []refusal {
	return []refusal{
		{kind + ".caption", long(1025), 100, "has 1025 characters; 1024 are allowed.", ""},
		{kind + ".caption", 1, 100, "is a number; it must be a string.", ""},
	}
}
