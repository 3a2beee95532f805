package fakewa_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// inboundMedia is the media object of a webhook.
type inboundMedia struct {
	ID, SHA256, URL, Caption, Filename string
	MIMEType                           string `json:"mime_type"`
	raw                                string
}

// inbound sends a user's media, and returns their object in the webhook.
func inbound(t *testing.T, s *fakewa.Server, content fakewa.Content) (media inboundMedia) {
	t.Helper()
	if _, err := s.Phone("16505551234").Send(t.Context(), content); err != nil {
		t.Fatal(err)
	}
	said := s.Messages(fakewa.Filter{Direction: fakewa.In})
	m := said[len(said)-1]
	var object map[string]json.RawMessage
	if err := json.Unmarshal(m.Body, &object); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(object[m.Type], &media); err != nil {
		t.Fatalf("%v: %s", err, m.Body)
	}
	media.raw = string(object[m.Type])
	return media
}

func TestUserMediaCanBeDownloaded(t *testing.T) {
	var bot recorder
	s := still(t, fakewa.Config{Webhook: &bot})
	data := []byte("the voice of Ana")
	content := fakewa.Voice()
	content["audio"].(map[string]any)["data"] = base64.StdEncoding.EncodeToString(data)
	got := inbound(t, s, content)
	sum := sha256.Sum256(data)
	if got.ID != "0748837619029959" { // the first id with seed 0, the same in each version of the fake
		t.Errorf("got the id %s", got.ID)
	}
	if got.SHA256 != base64.StdEncoding.EncodeToString(sum[:]) || got.MIMEType != "audio/ogg; codecs=opus" || strings.Contains(got.raw, "data") ||
		!strings.HasPrefix(got.URL, "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid="+got.ID+"&ext=") {
		t.Errorf("got %+v", got)
	}
	if hook := bot.all()[0]; !strings.Contains(hook, got.ID) || strings.Contains(hook, `"data"`) {
		t.Errorf("the webhook: got %s", hook)
	}
	if content["audio"].(map[string]any)["data"] == nil {
		t.Error("the caller's content was changed")
	}
	if file := request(t, s.Client(), "GET", got.URL, ""); file.body != string(data) || file.header.Get("Content-Type") != "audio/ogg; codecs=opus" {
		t.Errorf("by its URL: got %d %q", file.status, file.body)
	}
	meta := request(t, s.Client(), "GET", api+got.ID, "")
	if file := request(t, s.Client(), "GET", meta.URL, ""); file.body != string(data) || meta.FileSize != float64(len(data)) || meta.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("by its id: got %s, %q", meta.body, file.body)
	}
	if m, ok := s.Media(got.ID); !ok || m.Direction != fakewa.In {
		t.Errorf("got %+v, %v", m, ok)
	}
	advance(t, s, 5*time.Minute+time.Second)
	request(t, s.Client(), "GET", got.URL, "").refused(t, 404, 100, "expired")

	t.Run("what is given wins", func(t *testing.T) {
		got := inbound(t, s, fakewa.Content{"type": "document", "document": map[string]any{"id": "7", "sha256": "s", "mime_type": "text/plain", "filename": "a.txt", "data": []byte("abc")}})
		if m, ok := s.Media("7"); got.ID != "7" || got.SHA256 != "s" || got.MIMEType != "text/plain" || !ok || m.Name != "a.txt" || m.MIME != "text/plain" || string(m.Bytes) != "abc" {
			t.Errorf("got %+v, %+v", got, m)
		}
	})
	t.Run("a known id", func(t *testing.T) {
		id := upload(t, s, pngBytes, "image/png")
		got := inbound(t, s, fakewa.Content{"type": "image", "image": map[string]any{"id": id}})
		if m, ok := s.Media(id); got.MIMEType != "image/png" || !ok || !bytes.Equal(m.Bytes, pngBytes) {
			t.Errorf("got %+v, %+v", got, m)
		}
	})
	t.Run("no data", func(t *testing.T) {
		for name, data := range map[string]any{"no base64": "??", "a number": 3, "nothing": ""} {
			_, err := s.Phone("1").Send(t.Context(), fakewa.Content{"type": "image", "image": map[string]any{"data": data}})
			if err == nil || !strings.Contains(err.Error(), "image.data: want the bytes of a file, or base64 of them: ") {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
	t.Run("another base", func(t *testing.T) {
		s := still(t, fakewa.Config{Webhook: &recorder{}, BaseURL: "http://127.0.0.1:4004/"})
		if got := inbound(t, s, fakewa.Image("")); !strings.HasPrefix(got.URL, "http://127.0.0.1:4004/whatsapp_business/") {
			t.Errorf("got %+v", got)
		}
		if err := (fakewa.Config{BaseURL: "127.0.0.1:4004"}).Check(); err == nil || !strings.Contains(err.Error(), "BaseURL") {
			t.Errorf("got %v", err)
		}
	})
}

func TestUserMediaWithoutBytesAreSampleFiles(t *testing.T) {
	s := still(t, fakewa.Config{Webhook: &recorder{}})
	typed := func(typ, mime string) fakewa.Content {
		return fakewa.Content{"type": typ, typ: map[string]any{"mime_type": mime}}
	}
	for name, test := range map[string]struct {
		content fakewa.Content
		sniffed string
	}{
		"image":      {fakewa.Image(""), "image/jpeg"},
		"PNG":        {typed("image", "image/png"), "image/png"},
		"video":      {fakewa.Video(""), "video/mp4"},
		"audio":      {fakewa.Audio(), "application/ogg"},
		"voice":      {fakewa.Voice(), "application/ogg"},
		"document":   {fakewa.Document("a.pdf", ""), "application/pdf"},
		"sticker":    {fakewa.Sticker(), "image/webp"},
		"some other": {typed("document", "application/zip"), "text/plain; charset=utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			got := inbound(t, s, test.content)
			file := request(t, s.Client(), "GET", got.URL, "")
			sum := sha256.Sum256([]byte(file.body))
			if sniffed := http.DetectContentType([]byte(file.body)); sniffed != test.sniffed || got.SHA256 != base64.StdEncoding.EncodeToString(sum[:]) || file.header.Get("Content-Type") != got.MIMEType {
				t.Errorf("got %s of %+v", sniffed, got)
			}
			var err error
			switch test.sniffed {
			case "image/jpeg":
				_, err = jpeg.Decode(strings.NewReader(file.body))
			case "image/png":
				_, err = png.Decode(strings.NewReader(file.body))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}
