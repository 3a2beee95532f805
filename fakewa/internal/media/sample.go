package media

import (
	"embed"
)

//go:embed sample
var sampleFiles embed.FS

// samples are small valid files, by MIME type.
var samples = map[string]Content{
	"image/jpeg":      readSample("pixel.jpg"),
	"image/png":       readSample("pixel.png"),
	"image/webp":      readSample("pixel.webp"),
	"audio/ogg":       readSample("silence.ogg"),
	"video/mp4":       readSample("empty.mp4"),
	"application/pdf": readSample("page.pdf"),
}

func readSample(name string) Content {
	data, _ := sampleFiles.ReadFile("sample/" + name) // a test reads them all
	return NewContent(data)
}

// Sample returns a file of a MIME type, for users who send media without saying
// which. It is valid for the types of samples; for others it is a line of text.
func Sample(typ string) Content {
	if content, ok := samples[BareType(typ)]; ok {
		return content
	}
	return NewContent([]byte("A file of the type " + typ + ".\n"))
}
