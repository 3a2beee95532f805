package fakewa_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
)

var pngBytes = []byte("\x89PNG\r\n\x1a\n and what follows")

// part is a part of a form. It is a file if it has a filename.
type part struct{ name, filename, typ, value string }

func uploadForm(t *testing.T, parts ...part) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q`, p.name))
		if p.filename != "" {
			header.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, p.name, p.filename))
		}
		if p.typ != "" {
			header.Set("Content-Type", p.typ)
		}
		out, err := w.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, p.value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

const api = "https://graph.facebook.com/v23.0/"

func still(t *testing.T, cfg fakewa.Config) *fakewa.Server {
	cfg.Clock = fakewa.StillClock(fixed())
	return fakewa.Test(t, cfg)
}

func upload(t *testing.T, s *fakewa.Server, data []byte, mime string) (id string) {
	t.Helper()
	id, err := s.Upload(data, mime)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestUploadTakesTheTypeOfItsPart(t *testing.T) {
	product := part{name: "messaging_product", value: "whatsapp"}
	file := func(typ string) part { return part{"file", "a.png", typ, string(pngBytes)} }
	typ := func(value string) part { return part{name: "type", value: value} }
	s := still(t, fakewa.Config{})
	seen := map[string]bool{}
	for name, test := range map[string]struct {
		query string
		parts []part
		mime  string
	}{
		"a field says another":              {"", []part{product, typ("image/gif"), file("image/png")}, "image/png"},
		"another after the file":            {"", []part{product, file("image/png"), typ("image/jpeg")}, "image/png"},
		"the product in the query, no type": {"?messaging_product=whatsapp", []part{file("image/png")}, "image/png"},
		"the product last":                  {"", []part{file("image/png"), product}, "image/png"},
		"a type with parameters":            {"", []part{product, file(""), typ("audio/ogg; codecs=opus")}, "audio/ogg; codecs=opus"},
		"a type that only the bytes tell":   {"", []part{product, file("")}, "image/png"},
	} {
		t.Run(name, func(t *testing.T) {
			contentType, body := uploadForm(t, test.parts...)
			got := request(t, s.Client(), "POST", api+number+"/media"+test.query, body, "Content-Type", contentType)
			if got.status != 200 || got.ID == "" || strings.Trim(got.ID, "0123456789") != "" || seen[got.ID] {
				t.Fatalf("got %d %s", got.status, got.body)
			}
			seen[got.ID] = true
			m, ok := s.Media(got.ID)
			if sum := sha256.Sum256(pngBytes); !ok || m.MIME != test.mime || m.Name != "a.png" || !bytes.Equal(m.Bytes, pngBytes) || m.SHA256 != hex.EncodeToString(sum[:]) || m.Direction != fakewa.Out || !m.At.Equal(fixed()) {
				t.Errorf("got %+v, %v", m, ok)
			}
		})
	}
	if log := s.Requests(); len(log) != len(seen) || log[0].Body != "" {
		t.Errorf("the log has the files: %d requests, %q", len(log), log[0].Body)
	}
}

func TestInvalidUploadsAreRefused(t *testing.T) {
	product := part{name: "messaging_product", value: "whatsapp"}
	file := part{"file", "a.png", "image/png", string(pngBytes)}
	s := still(t, fakewa.Config{})
	for name, test := range map[string]struct {
		parts   []part
		code    int
		details []string
	}{
		"no product":        {[]part{file}, 100, []string{"messaging_product is missing", "The parameter messaging_product is required"}},
		"another product":   {[]part{{name: "messaging_product", value: "signal"}, file}, 100, []string{`"signal"`, `"whatsapp"`}},
		"no file":           {[]part{product}, 100, []string{"file is missing"}},
		"a path as file":    {[]part{product, {name: "file", value: "/a.png"}}, 100, []string{"file is a part without a filename"}},
		"no type":           {[]part{product, {"file", "a", "", "\x00\x01\x02"}}, 100, []string{"Received file of type 'application/octet-stream'."}},
		"a type of nothing": {[]part{product, {name: "type", value: "image/png"}, {"file", "a.png", "application/octet-stream", string(pngBytes)}}, 100, []string{"(#100) Param file must be a file with one of the following types: audio/aac, ", "Received file of type 'application/octet-stream'."}},
		"a film":            {[]part{product, {"file", "a.webm", "video/webm", "x"}}, 100, []string{"Received file of type 'video/webm'."}},
		"an empty file":     {[]part{product, {"file", "a", "image/png", ""}}, 100, []string{"file is empty"}},
		"another type":      {[]part{product, {"file", "a.gif", "image/gif", "GIF89a"}, {name: "type", value: "image/png"}}, 100, []string{"Received file of type 'image/gif'.", "image/jpeg, image/png, video/3gpp"}},
		"a large image":     {[]part{product, {"file", "a", "image/png", strings.Repeat("x", 5<<20+1)}}, 131053, []string{"5242881", "5242880", "image/png"}},
	} {
		t.Run(name, func(t *testing.T) {
			contentType, body := uploadForm(t, test.parts...)
			request(t, s.Client(), "POST", api+number+"/media", body, "Content-Type", contentType).refused(t, 400, test.code, test.details...)
		})
	}
	contentType, body := uploadForm(t, product, file)
	for name, test := range map[string]struct{ contentType, body string }{
		"no form":       {"application/json", "{}"},
		"no boundary":   {"multipart/form-data", body},
		"half a form":   {contentType, body[:len(body)-8]},
		"another bound": {strings.Replace(contentType, "boundary=", "boundary=x", 1), body},
	} {
		t.Run(name, func(t *testing.T) {
			request(t, s.Client(), "POST", api+number+"/media", test.body, "Content-Type", test.contentType).refused(t, 400, 100, "multipart/form-data")
		})
	}
	request(t, s.Client(), "POST", api+number+"/media", body, "Content-Type", contentType, "Authorization", "").refused(t, 401, 190)
	huge := strings.Repeat("x", 101<<20+1)
	request(t, s.Client(), "POST", api+number+"/media", huge, "Content-Type", contentType).refused(t, 400, 131053, "larger than 105906176 bytes")
}

func TestEachKindHasItsSizeLimit(t *testing.T) {
	s := still(t, fakewa.Config{})
	webp := func(flags byte, n int) []byte {
		return append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"+string(rune(flags))), make([]byte, n-21)...)
	}
	size := func(n int) []byte { return make([]byte, n) }
	for name, test := range map[string]struct {
		mime    string
		largest int
		file    func(n int) []byte
	}{
		"audio":             {"audio/ogg; codecs=opus", 16 << 20, size},
		"image":             {"image/jpeg", 5 << 20, size},
		"video":             {"video/mp4", 16 << 20, size},
		"document":          {"application/pdf", 100 << 20, size},
		"sticker":           {"image/webp", 100 << 10, func(n int) []byte { return webp(0x10, n) }},
		"animated sticker":  {"image/webp", 500 << 10, func(n int) []byte { return webp(0x12, n) }},
		"something as webp": {"image/webp", 100 << 10, size},
	} {
		t.Run(name, func(t *testing.T) {
			upload(t, s, test.file(test.largest), test.mime)
			_, err := s.Upload(test.file(test.largest+1), test.mime)
			refused, ok := errors.AsType[*graph.Error](err)
			if !ok || refused.Code != 131053 || !strings.Contains(refused.Details, fmt.Sprint(test.largest+1)) || !strings.Contains(refused.Details, fmt.Sprint(test.largest, " are allowed")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestConcurrentUploadsHaveTheSameIDs makes the same concurrent uploads to two servers.
func TestConcurrentUploadsHaveTheSameIDs(t *testing.T) {
	ids := func() (ids [8]string) {
		s := still(t, fakewa.Config{})
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				id, err := s.Upload([]byte{byte(i)}, "image/png")
				if err != nil {
					t.Error(err)
				}
				ids[i] = id
				meta := request(t, s.Client(), "GET", api+id, "")
				if file := request(t, s.Client(), "GET", meta.URL, ""); file.body != string([]byte{byte(i)}) {
					t.Errorf("got %q", file.body)
				}
			})
		}
		all.Wait()
		return ids
	}
	if one, two := ids(), ids(); one != two {
		t.Errorf("got %v and %v", one, two)
	}
}

// FuzzUpload looks for forms to which the server answers neither success nor a refusal.
func FuzzUpload(f *testing.F) {
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		if strings.ContainsFunc(contentType, func(r rune) bool { return r < ' ' || r > '~' }) {
			return // no HTTP client sends such a header
		}
		s := still(t, fakewa.Config{})
		if got := request(t, s.Client(), "POST", api+number+"/media?messaging_product=whatsapp", body, "Content-Type", contentType); got.status != 200 && got.Error.Code == 0 {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}
