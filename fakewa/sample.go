package fakewa

import "embed"

//go:embed sample
var sampleFiles embed.FS

// samples are small valid files, by MIME type: what is in media when a test does
// not care.
var samples = map[string]*file{
	"image/jpeg":      readSample("pixel.jpg"),
	"image/png":       readSample("pixel.png"),
	"image/webp":      readSample("pixel.webp"),
	"audio/ogg":       readSample("silence.ogg"),
	"video/mp4":       readSample("empty.mp4"),
	"application/pdf": readSample("page.pdf"),
}

func readSample(name string) *file {
	data, _ := sampleFiles.ReadFile("sample/" + name) // a test reads them all
	return newFile(data)
}

// sample returns a file of a MIME type. Of a type that the fake has none of, it is
// one in name only.
func sample(typ string) *file {
	if f := samples[bareType(typ)]; f != nil {
		return f
	}
	return newFile([]byte("A file of the type " + typ + ".\n"))
}
