package fakewa_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
)

var pngBytes = []byte("\x89PNG\r\n\x1a\n and what follows")

// part is one of a form; a file if it has a filename.
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
	s := fakewa.New(cfg)
	t.Cleanup(s.Close)
	return s
}

func advance(t *testing.T, s *fakewa.Server, d time.Duration) {
	t.Helper()
	if err := s.Config().Clock.Advance(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func upload(t *testing.T, s *fakewa.Server, data []byte, mime string) (id string) {
	t.Helper()
	id, err := s.Upload(data, mime)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestUpload(t *testing.T) {
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
		"in the order of fields, type, file":   {"", []part{product, typ("image/png"), file("application/octet-stream")}, "image/png"},
		"the type after the file":              {"", []part{product, file("image/png"), typ("image/jpeg")}, "image/jpeg"},
		"the product in the query, no type":    {"?messaging_product=whatsapp", []part{file("image/png")}, "image/png"},
		"the product last":                     {"", []part{file("image/png"), product}, "image/png"},
		"a type with parameters":               {"", []part{product, file(""), typ("audio/ogg; codecs=opus")}, "audio/ogg; codecs=opus"},
		"a type that only the bytes tell":      {"", []part{product, file("")}, "image/png"},
		"a part of which the client knew none": {"", []part{product, file("application/octet-stream")}, "image/png"},
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

func TestUploadRefusals(t *testing.T) {
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
		"no type":           {[]part{product, {"file", "a", "", "\x00\x01\x02"}}, 100, []string{"type is missing"}},
		"an empty file":     {[]part{product, {"file", "a", "image/png", ""}}, 100, []string{"file is empty"}},
		"another type":      {[]part{product, file, {name: "type", value: "image/gif"}}, 131053, []string{`"image/gif"`, "image/jpeg, image/png, video/3gpp"}},
		"a type of nothing": {[]part{product, file, {name: "type", value: "application/octet-stream"}}, 131053, []string{`"application/octet-stream"`}},
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

func TestMediaLimits(t *testing.T) {
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

func TestMediaMetadata(t *testing.T) {
	s := still(t, fakewa.Config{})
	server := httptest.NewServer(s)
	defer server.Close()
	id := upload(t, s, pngBytes, "image/png")
	sum := sha256.Sum256(pngBytes)
	got := request(t, server.Client(), "GET", server.URL+"/v23.0/"+id+"?phone_number_id="+number, "")
	if got.status != 200 || got.ID != id || got.MIMEType != "image/png" || got.SHA256 != hex.EncodeToString(sum[:]) || got.FileSize != float64(len(pngBytes)) || !strings.Contains(got.body, `"messaging_product":"whatsapp"`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if !strings.HasPrefix(got.URL, server.URL+"/whatsapp_business/attachments/?mid="+id+"&ext=1767603900&hash=") {
		t.Errorf("got the URL %s", got.URL)
	}
	if few := request(t, server.Client(), "GET", server.URL+"/"+id+"?fields=file_size", "").body; strings.Contains(few, "sha256") || !strings.Contains(few, "file_size") {
		t.Errorf("got %s", few)
	}
	request(t, server.Client(), "GET", server.URL+"/"+id+"?phone_number_id=1", "").refused(t, 400, 100, id)
	request(t, server.Client(), "GET", server.URL+"/"+id, "", "Authorization", "").refused(t, 401, 190)
	request(t, server.Client(), "POST", server.URL+"/"+id, "{}").refused(t, 400, 100, "Unsupported post request")
	if a := request(t, server.Client(), "GET", server.URL+"/123", ""); a.Error.Code != 100 || a.Error.Subcode != 33 {
		t.Errorf("an unknown id: got %s", a.body)
	}

	file := request(t, server.Client(), "GET", got.URL, "", "Host", "lookaside.fbsbx.com")
	if file.status != 200 || file.body != string(pngBytes) || file.header.Get("Content-Type") != "image/png" || file.header.Get("Content-Length") != fmt.Sprint(len(pngBytes)) {
		t.Errorf("got %d %q %v", file.status, file.body, file.header)
	}
	request(t, server.Client(), "GET", got.URL, "", "Authorization", "").refused(t, 401, 190)

	base64s := still(t, fakewa.Config{MediaBase64: true})
	if got := request(t, base64s.Client(), "GET", api+upload(t, base64s, pngBytes, "image/png"), ""); got.SHA256 != base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("got %s", got.body)
	}
}

// TestMediaURLHost asks for URLs in the ways in which bots reach the fake.
func TestMediaURLHost(t *testing.T) {
	s := still(t, fakewa.Config{})
	id := upload(t, s, pngBytes, "image/png")
	secure := httptest.NewTLSServer(s)
	defer secure.Close()
	// Meta's name, over TLS: a bot whose connections a proxy leads here.
	led := secure.Client()
	led.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	for name, test := range map[string]struct {
		client     *http.Client
		base, want string
		headers    []string
	}{
		"TLS":                        {secure.Client(), secure.URL, secure.URL, nil},
		"Meta's host over TLS":       {led, secure.URL, "https://lookaside.fbsbx.com", []string{"Host", "graph.facebook.com"}},
		"in process":                 {s.Client(), "http://fake:7", "http://fake:7", nil},
		"in process with a Host":     {s.Client(), "http://fake:7", "http://fake:7", []string{"Host", "other"}},
		"Meta's host, in process":    {s.Client(), "https://graph.facebook.com", "https://lookaside.fbsbx.com", nil},
		"Meta's host, with its port": {s.Client(), "https://graph.facebook.com:443", "https://lookaside.fbsbx.com", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := request(t, test.client, "GET", test.base+"/v23.0/"+id, "", test.headers...)
			if !strings.HasPrefix(got.URL, test.want+"/whatsapp_business/attachments/?") {
				t.Fatalf("got %s", got.URL)
			}
			if file := request(t, s.Client(), "GET", got.URL, ""); file.body != string(pngBytes) {
				t.Errorf("got %q", file.body)
			}
		})
	}
}

func TestMediaURLExpires(t *testing.T) {
	s := still(t, fakewa.Config{})
	id := upload(t, s, pngBytes, "image/png")
	address := request(t, s.Client(), "GET", api+id, "").URL
	advance(t, s, 4*time.Minute+59*time.Second)
	if file := request(t, s.Client(), "GET", address, ""); file.status != 200 {
		t.Errorf("after 4:59: got %d", file.status)
	}
	for name, change := range map[string]func(url.Values){
		"another hash": func(q url.Values) { q.Set("hash", "x"+q.Get("hash")) },
		"a later end":  func(q url.Values) { q.Set("ext", "9"+q.Get("ext")) },
		"another id":   func(q url.Values) { q.Set("mid", upload(t, s, pngBytes, "image/png")) },
		"no end":       func(q url.Values) { q.Del("ext") },
		"nothing":      func(q url.Values) { clear(q) },
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		change(q)
		u.RawQuery = q.Encode()
		t.Run(name, func(t *testing.T) {
			request(t, s.Client(), "GET", u.String(), "").refused(t, 404, 100, "not one that this fake made")
		})
	}
	advance(t, s, 2*time.Second)
	request(t, s.Client(), "GET", address, "").refused(t, 404, 100, "expired at 2026-01-05T09:05:00Z, 5m0s after", "GET /"+id)
	if anew := request(t, s.Client(), "GET", api+id, "").URL; request(t, s.Client(), "GET", anew, "").status != 200 {
		t.Error("the new URL does not work")
	}
}

func TestMediaDelete(t *testing.T) {
	s := still(t, fakewa.Config{})
	id := upload(t, s, pngBytes, "image/png")
	address := request(t, s.Client(), "GET", api+id, "").URL
	request(t, s.Client(), "DELETE", api+id+"?phone_number_id=1", "").refused(t, 400, 100, id)
	if got := request(t, s.Client(), "DELETE", api+id+"?phone_number_id="+number, "", "Content-Type", "application/json"); got.status != 200 || !got.Success {
		t.Errorf("got %d %s", got.status, got.body)
	}
	request(t, s.Client(), "DELETE", api+id, "").refused(t, 400, 100, id)
	request(t, s.Client(), "GET", api+id, "").refused(t, 400, 100, id)
	request(t, s.Client(), "GET", address, "").refused(t, 404, 100, id, "was deleted")
	if _, ok := s.Media(id); ok {
		t.Error("it is still there")
	}
	sendMedia(t, s, "image", id).refused(t, 400, 100, "image.id is", id, "was deleted")
}

// sendMedia sends a medium to the user of hi.
func sendMedia(t *testing.T, s *fakewa.Server, typ, id string) answer {
	t.Helper()
	body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"16505551234","type":%q,%q:{"id":%q}}`, typ, typ, id)
	return request(t, s.Client(), "POST", api+number+"/messages", body)
}

func TestMediaLife(t *testing.T) {
	s := still(t, fakewa.Config{Webhook: &recorder{}, Window: fakewa.WindowOff})
	id := upload(t, s, pngBytes, "image/png")
	sent := inbound(t, s, fakewa.Image("")).ID
	advance(t, s, 7*24*time.Hour-time.Second)
	if got := request(t, s.Client(), "GET", api+sent, ""); got.status != 200 {
		t.Errorf("a user's before 7 days: got %s", got.body)
	}
	advance(t, s, 2*time.Second)
	request(t, s.Client(), "GET", api+sent, "").refused(t, 400, 100, sent)
	sendMedia(t, s, "image", sent).refused(t, 400, 100, "image.id", sent, "expired at 2026-01-12T09:00:00Z, 7 days")
	advance(t, s, 23*24*time.Hour-2*time.Second)
	if got := sendMedia(t, s, "image", id); got.status != 200 {
		t.Errorf("an upload before 30 days: got %s", got.body)
	}
	advance(t, s, 2*time.Second)
	request(t, s.Client(), "GET", api+id, "").refused(t, 400, 100, id)
	sendMedia(t, s, "image", id).refused(t, 400, 100, "image.id", id, "30 days")
	if n := s.Dropped().Media; n != 0 {
		t.Errorf("%d were dropped", n)
	}
}

func TestMediaBytes(t *testing.T) {
	s := still(t, fakewa.Config{MediaBytes: 100, Limit: 4, Webhook: &recorder{}})
	first := upload(t, s, make([]byte, 40), "image/png")
	second := upload(t, s, make([]byte, 60), "image/png")
	third := upload(t, s, make([]byte, 1), "image/png")
	for id, kept := range map[string]bool{first: false, second: true, third: true} {
		if _, ok := s.Media(id); ok != kept {
			t.Errorf("%s: kept is %v", id, ok)
		}
	}
	sendMedia(t, s, "image", first).refused(t, 400, 100, first, "was dropped")
	if n := s.Dropped().Media; n != 1 {
		t.Errorf("%d were dropped", n)
	}
	if _, err := s.Upload(make([]byte, 101), "image/png"); err == nil || !strings.Contains(err.Error(), "101 bytes; this fake keeps 100 (media_bytes)") {
		t.Errorf("got %v", err)
	}
	for range 3 { // the fourth is the last for which there is room by number
		upload(t, s, make([]byte, 1), "image/png")
	}
	if _, ok := s.Media(second); ok || s.Dropped().Media != 2 {
		t.Errorf("kept is %v, %d were dropped", ok, s.Dropped().Media)
	}
	data := map[string]any{"data": base64.StdEncoding.EncodeToString(make([]byte, 101))}
	if _, err := s.Phone("1").Send(t.Context(), fakewa.Content{"type": "image", "image": data}); err == nil || !strings.Contains(err.Error(), "data has 101 bytes") {
		t.Errorf("got %v", err)
	}
	if _, err := s.Phone("1").Send(t.Context(), fakewa.Content{"type": "image", "image": map[string]any{"data": make([]byte, 100)}}); err != nil {
		t.Error(err)
	}
	if n := s.Dropped().Media; n != 6 {
		t.Errorf("%d were dropped", n)
	}
	s.Reset(1)
	if _, ok := s.Media(third); ok || s.Dropped().Media != 0 {
		t.Error("the reset left media")
	}
}

// TestExpiredGoFirst has what expired make room, and not what is older and lives.
func TestExpiredGoFirst(t *testing.T) {
	s := still(t, fakewa.Config{MediaBytes: 100, Webhook: &recorder{}})
	id := upload(t, s, make([]byte, 40), "image/png")
	inbound(t, s, fakewa.Content{"type": "image", "image": map[string]any{"data": make([]byte, 60)}})
	advance(t, s, 8*24*time.Hour)
	upload(t, s, make([]byte, 60), "image/png")
	if _, ok := s.Media(id); !ok || s.Dropped().Media != 0 {
		t.Errorf("kept is %v, %d were dropped", ok, s.Dropped().Media)
	}
}

func TestSendMedia(t *testing.T) {
	var bot recorder
	s := still(t, fakewa.Config{Webhook: &bot, Window: fakewa.WindowOff})
	ids := map[string]string{}
	for _, mime := range []string{"image/png", "image/webp", "audio/mpeg", "audio/ogg; codecs=opus", "audio/opus", "video/mp4", "application/pdf"} {
		ids[mime] = upload(t, s, []byte("x"), mime)
	}
	for _, test := range []struct{ typ, mime, allowed string }{
		{"image", "image/png", ""},
		{"sticker", "image/webp", ""},
		{"audio", "audio/mpeg", ""},
		{"audio", "audio/ogg; codecs=opus", ""},
		{"video", "video/mp4", ""},
		{"document", "application/pdf", ""},
		{"document", "image/png", ""},
		{"image", "audio/mpeg", "image/jpeg or image/png"},
		{"image", "image/webp", "image/jpeg or image/png"},
		{"sticker", "image/png", "image/webp"},
		{"video", "application/pdf", "video/3gpp or video/mp4"},
		{"audio", "audio/opus", "audio/aac or audio/amr"},
	} {
		got := sendMedia(t, s, test.typ, ids[test.mime])
		if got.status != 200 {
			t.Errorf("%v: got %s", test, got.body)
			continue
		}
		sent := s.Sent()
		m := sent[len(sent)-1]
		failed := test.allowed != ""
		if (m.Status == "failed") != failed {
			t.Errorf("%v: got the status %s", test, m.Status)
		}
		if want := fmt.Sprintf("%s.id is %q, which is %s; it must be %s", test.typ, ids[test.mime], test.mime, test.allowed); failed && (m.Error.Code != 131053 || !strings.HasPrefix(m.Error.Details, want)) {
			t.Errorf("%v: got %v", test, m.Error)
		}
	}
	waitFor(t, func() bool { return len(bot.all()) == 7*2+5 })
	if hooks := strings.Join(bot.all(), "\n"); strings.Count(hooks, `"code":131053`) != 5 || strings.Count(hooks, `"status":"failed"`) != 5 || strings.Count(hooks, `"status":"delivered"`) != 7 {
		t.Errorf("got %s", hooks)
	}

	sendMedia(t, s, "image", "123").refused(t, 400, 100, `image.id is "123", which is no medium of this business`)
	_, err := s.AddTemplate(fakewa.Template{Name: "n", Language: "en", Category: "UTILITY", Components: json.RawMessage(`[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"b"}]`)})
	if err != nil {
		t.Fatal(err)
	}
	for where, body := range map[string]string{
		"interactive.header.image":                   `"type":"interactive","interactive":{"type":"button","header":{"type":"image","image":{"id":"123"}},"body":{"text":"b"},"action":{"buttons":[{"type":"reply","reply":{"id":"i","title":"t"}}]}}`,
		"template.components[0].parameters[0].image": `"type":"template","template":{"name":"n","language":{"code":"en"},"components":[{"type":"header","parameters":[{"type":"image","image":{"id":"123"}}]}]}`,
	} {
		got := request(t, s.Client(), "POST", api+number+"/messages", `{"messaging_product":"whatsapp","to":"16505551234",`+body+`}`)
		got.refused(t, 400, 100, where+`.id is "123"`)
	}
	link := `{"messaging_product":"whatsapp","to":"16505551234","type":"image","image":{"link":"http://127.0.0.1:1/nobody.png"}}`
	if got := request(t, s.Client(), "POST", api+number+"/messages", link); got.status != 200 {
		t.Errorf("a link: got %s", got.body)
	}
}

// inboundMedia is the media object of a webhook.
type inboundMedia struct {
	ID, SHA256, URL, Caption, Filename string
	MIMEType                           string `json:"mime_type"`
	raw                                string
}

// inbound sends a user's media, and returns their object as the bot has it.
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

func TestInboundMedia(t *testing.T) {
	var bot recorder
	s := still(t, fakewa.Config{Webhook: &bot})
	data := []byte("the voice of Ana")
	content := fakewa.Voice()
	content["audio"].(map[string]any)["data"] = base64.StdEncoding.EncodeToString(data)
	got := inbound(t, s, content)
	sum := sha256.Sum256(data)
	if got.ID != "0748837619029959" { // of the first one with the seed 0, in each version
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
			if err == nil || !strings.Contains(err.Error(), "image.data is not the bytes of a file in base64") {
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

// TestSamples downloads what users send when a test does not say what.
func TestSamples(t *testing.T) {
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

func TestResumableUpload(t *testing.T) {
	s := still(t, fakewa.Config{MediaBytes: 100})
	app := api + s.Config().AppID + "/uploads"
	begin := func(query string) answer { return request(t, s.Client(), "POST", app+query, "") }
	begin("").refused(t, 400, 100, "file_length")
	begin("?file_length=0&file_type=image/png").refused(t, 400, 100, `file_length is "0"`)
	begin("?file_length=104857601&file_type=image/png").refused(t, 400, 100, "from 1 to 104857600")
	begin("?file_length=101&file_type=image/png").refused(t, 400, 131053, "101", "media_bytes")
	begin("?file_length=10").refused(t, 400, 100, "file_type is missing")

	started := begin("?file_length=10&file_type=image/png&file_name=a.png")
	if started.status != 200 || !strings.HasPrefix(started.ID, "upload:") {
		t.Fatalf("got %s", started.body)
	}
	session := api + started.ID
	piece := func(offset, data string) answer {
		return request(t, s.Client(), "POST", session, data, "Authorization", "OAuth x", "file_offset", offset)
	}
	if got := piece("0", "01234"); got.status != 200 || got.Offset != 5 || got.H != "" {
		t.Errorf("got %s", got.body)
	}
	if got := request(t, s.Client(), "GET", strings.Replace(session, "/v23.0", "", 1), ""); got.ID != started.ID || got.Offset != 5 {
		t.Errorf("got %s", got.body)
	}
	piece("0", "01234").refused(t, 400, 100, `file_offset is "0"; it must be 5`)
	piece("", "01234").refused(t, 400, 100, `file_offset is ""`)
	piece("5", "567890").refused(t, 400, 100, "has 11 bytes", "was 10")
	if _, ok := s.Media(started.ID); ok {
		t.Error("half an upload is a medium")
	}
	got := piece("5", "56789")
	if got.status != 200 || !strings.HasPrefix(got.H, "4:") {
		t.Fatalf("got %s", got.body)
	}
	if m, ok := s.Media(got.H); !ok || string(m.Bytes) != "0123456789" || m.MIME != "image/png" || m.Name != "a.png" {
		t.Errorf("got %+v, %v", m, ok)
	}
	request(t, s.Client(), "GET", session, "").refused(t, 400, 100, started.ID)
	piece("10", "").refused(t, 400, 100, started.ID)
	request(t, s.Client(), "GET", api+got.H, "").refused(t, 400, 100, got.H) // a handle is no id
	sendMedia(t, s, "image", got.H).refused(t, 400, 100, got.H)

	begin("?file_length=91&file_type=image/png") // reserves its room
	if _, ok := s.Media(got.H); ok || s.Dropped().Media != 1 {
		t.Errorf("kept is %v, %d were dropped", ok, s.Dropped().Media)
	}
	for _, call := range s.Requests() {
		if strings.Contains(call.Path, "upload:") && call.Body != "" {
			t.Errorf("the log has the file: %+v", call)
		}
	}
}

// TestMediaOfBusinesses has two businesses with the same seed: each has its own.
func TestMediaOfBusinesses(t *testing.T) {
	platform, err := fakewa.NewPlatform(fakewa.Config{Clock: fakewa.StillClock(fixed()), Webhook: &recorder{}})
	if err != nil {
		t.Fatal(err)
	}
	defer platform.Close()
	second, err := platform.Add(fakewa.Config{BusinessID: "1", PhoneNumberID: "2", AppID: "3", Webhook: &recorder{}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(platform)
	defer server.Close()
	for _, s := range platform.Businesses() {
		for name, id := range map[string]string{"upload": upload(t, s, pngBytes, "image/png"), "a user's": inbound(t, s, fakewa.Image("")).ID} {
			meta := request(t, server.Client(), "GET", server.URL+"/v23.0/"+id+"?phone_number_id="+s.Config().PhoneNumberID, "")
			if file := request(t, server.Client(), "GET", meta.URL, ""); meta.status != 200 || file.status != 200 {
				t.Errorf("%s: got %s, %s", name, meta.body, file.body)
			}
		}
	}
	if got := sendMedia(t, second, "image", upload(t, platform.First(), pngBytes, "image/png")); got.Error.Code != 100 {
		t.Errorf("another business' upload: got %s", got.body)
	}
	started := request(t, server.Client(), "POST", server.URL+"/3/uploads?file_length=1&file_type=image/png", "")
	if got := request(t, server.Client(), "POST", server.URL+"/"+started.ID, "x", "file_offset", "0"); got.H == "" {
		t.Errorf("got %s, %s", started.body, got.body)
	}
}

// TestUploadsTogether makes the same uploads side by side on two servers.
func TestUploadsTogether(t *testing.T) {
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

// FuzzUpload looks for forms that break the server.
func FuzzUpload(f *testing.F) {
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		if strings.ContainsFunc(contentType, func(r rune) bool { return r < ' ' || r > '~' }) {
			return // no header of HTTP has it
		}
		s := still(t, fakewa.Config{})
		if got := request(t, s.Client(), "POST", api+number+"/media?messaging_product=whatsapp", body, "Content-Type", contentType); got.status != 200 && got.Error.Code == 0 {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}
