package fakewa_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"path"
	"regexp"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// business is a fake with what Meta's examples take for granted. A user wrote to
// it a moment ago.
type business struct {
	*conformance
	fake  *fakewa.Server
	tests http.Handler // the control API
	bot   *verified
	token string            // of calls, with its scheme
	said  string            // the id of the user's message
	ids   map[string]string // what the parameters of paths stand for
}

// user is whom the examples write to.
const user = "+16505551234"

func newBusiness(c *conformance, cfg fakewa.Config) *business {
	bot := new(verified)
	cfg.Webhook, cfg.ApproveTemplates = bot, true
	platform, err := fakewa.NewPlatform(cfg)
	if err != nil {
		c.Fatal(err)
	}
	fake := platform.First()
	said, err := fake.Phone(user).Say(c.Context(), "hello")
	if err != nil {
		c.Fatal(err)
	}
	return &business{c, fake, control.Handler(platform), bot, "Bearer token", said, map[string]string{
		"{Phone-Number-ID}": fake.Config().PhoneNumberID,
		"{WABA-ID}":         fake.Config().BusinessID,
	}}
}

// verified is a bot that keeps the webhooks it gets and takes the handshake.
type verified struct{ recorder }

func (v *verified) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	v.recorder.ServeHTTP(w, r)
}

// call calls an operation and checks the answer.
func (b *business) call(op, query, contentType, body string) (status int, answer []byte) {
	method, at, _ := strings.Cut(op, " ")
	for parameter, id := range b.ids {
		at = strings.Replace(at, parameter, id, 1)
	}
	req, err := http.NewRequestWithContext(b.Context(), method, "https://graph.facebook.com/v23.0"+at+query, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", b.token)
	req.Header.Set("Content-Type", contentType)
	resp, err := b.fake.Client().Do(req)
	if err != nil {
		b.Fatalf("%s: %v", op, err)
	}
	defer resp.Body.Close()
	if answer, err = io.ReadAll(resp.Body); err != nil {
		b.Fatal(err)
	}
	b.checkAnswer(op, resp.StatusCode, answer)
	return resp.StatusCode, answer
}

// must makes a call that an example depends on, and returns the id in the answer.
func (b *business) must(op, contentType, body string) string {
	status, answer := b.call(op, "", contentType, body)
	if status != http.StatusOK {
		b.Fatalf("%s was refused with %d %s\nthe body: %.400s", op, status, answer, body)
	}
	var made struct{ ID string }
	if err := json.Unmarshal(answer, &made); err != nil {
		b.Fatal(err)
	}
	return made.ID
}

// send sends a message to the user.
func (b *business) send(typ, object string) {
	b.must("POST /{Phone-Number-ID}/messages", "application/json",
		`{"messaging_product":"whatsapp","to":"`+user+`","type":"`+typ+`","`+typ+`":`+object+`,"biz_opaque_callback_data":"mine"}`)
}

func (b *business) upload(filename, contentType string) string {
	form, body := fileForm(filename, contentType)
	return b.must("POST /{Phone-Number-ID}/media", form, body)
}

// fileForm is the form that uploads a file.
func fileForm(filename, contentType string) (form, body string) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	_ = w.WriteField("messaging_product", "whatsapp")
	_ = w.WriteField("type", contentType)
	part, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, filename)},
		"Content-Type":        {contentType},
	})
	_, _ = io.WriteString(part, "the bytes of "+filename)
	_ = w.Close() // to a buffer: always possible
	return w.FormDataContentType(), buf.String()
}

// setUp brings about what an operation takes for granted.
func (b *business) setUp(op string) {
	switch op {
	case "GET /{Media-ID}", "DELETE /{Media-ID}":
		b.ids["{Media-ID}"] = b.upload("a.jpg", "image/jpeg")
	case "POST /{Phone-Number-ID}/verify_code":
		b.must("POST /{Phone-Number-ID}/request_code", "application/json", `{"code_method":"SMS","language":"en_US"}`)
	case "GET /{Phone-Number-ID}/whatsapp_business_profile":
		b.must("POST /{Phone-Number-ID}/whatsapp_business_profile", "application/json", `{"messaging_product":"whatsapp","about":"We sell.",
			"address":"1 Main Street","description":"A shop.","email":"shop@example.com","vertical":"RETAIL","websites":["https://example.com"]}`)
	case "GET /{Phone-Number-ID}/block_users", "DELETE /{Phone-Number-ID}/block_users":
		b.must("POST /{Phone-Number-ID}/block_users", "application/json", `{"messaging_product":"whatsapp","block_users":[{"user":"`+user+`"}]}`)
	case "GET /{WABA-ID}/subscribed_apps", "DELETE /{WABA-ID}/subscribed_apps":
		b.must("POST /{WABA-ID}/subscribed_apps", "application/json", `{}`)
	case "GET /{WABA-ID}/message_templates", "DELETE /{WABA-ID}/message_templates", "GET /{TEMPLATE_ID}", "POST /{TEMPLATE_ID}":
		b.ids["{TEMPLATE_ID}"] = b.makeTemplate(map[string]any{"name": "2023_april_promo", "language": "en_US", "category": "MARKETING", "components": []any{
			map[string]any{"type": "BODY", "text": "Hello."},
		}})
	}
}

// queries are with what an operation without a body is called.
func queries(op string) []string {
	switch op {
	case "GET /{Media-ID}", "DELETE /{Media-ID}":
		return []string{"", "?phone_number_id=106540352242922"}
	case "GET /{Phone-Number-ID}":
		return []string{
			"", "?fields=name_status,code_verification_status",
			"?fields=id,display_phone_number,verified_name,quality_rating,platform_type,throughput,status,webhook_configuration",
		}
	case "GET /{Phone-Number-ID}/whatsapp_business_profile":
		return []string{"", "?fields=messaging_product,about,address,description,email,websites,vertical"}
	case "GET /{WABA-ID}/phone_numbers":
		return []string{"", "?fields=id,display_phone_number,verified_name,status,quality_rating"}
	case "GET /{WABA-ID}/message_templates":
		return []string{"", "?name=2023_april_promo", "?limit=1"}
	case "DELETE /{WABA-ID}/message_templates":
		return []string{"?name=2023_april_promo"}
	}
	return []string{""}
}

// placeholders are what Meta's examples leave open, and what stands for it.
var placeholders = map[string]func(b *business) string{
	"{{Recipient-Phone-Number}}":    func(*business) string { return user },
	"{{Recipient-WA-Phone-Number}}": func(*business) string { return user },

	"<AUDIO_OBJECT_ID>":    func(b *business) string { return b.upload("a.ogg", "audio/ogg") },
	"<IMAGE_OBJECT_ID>":    func(b *business) string { return b.upload("a.jpg", "image/jpeg") },
	"<VIDEO_OBJECT_ID>":    func(b *business) string { return b.upload("a.mp4", "video/mp4") },
	"<DOCUMENT_OBJECT_ID>": func(b *business) string { return b.upload("a.pdf", "application/pdf") },
	"<MEDIA_OBJECT_ID>":    func(b *business) string { return b.upload("a.webp", "image/webp") }, // of stickers

	"<MSGID_OF_MSG_YOU_ARE_REPLYING_TO>": func(b *business) string { return b.said },
	"<MSGID_OF_PREV_MSG>":                func(b *business) string { return b.said },
	"wamid.HBgLM...":                     func(b *business) string { return b.said },
	"wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUYzMjEzNDM2RTZGQ0MzMDJBRgA=": func(b *business) string { return b.said },

	"<TEMPLATE_NAME>":          func(*business) string { return "offer" },
	"template-name":            func(*business) string { return "offer" },
	"language-and-locale-code": func(*business) string { return "en_US" },
	"<HEADER_TYPE>":            func(*business) string { return "text" },
	"{{Flow-ID}}":              func(*business) string { return "1122334455667788" },
}

// anyURL is how the examples leave an address open.
var anyURL = regexp.MustCompile(`<?http\(s\)://([a-z-]+)>?`)

// fit fills in what an example leaves open, brings about what it takes for
// granted, and returns the request.
func (b *business) fit(op string, example any) (contentType, body string) {
	if op == "POST /{Phone-Number-ID}/media" {
		file := example.(map[string]any)["file"].(string) // as curl's -F has it: @/path;type=image/jpeg
		name, typ, _ := strings.Cut(strings.TrimPrefix(file, "@"), ";type=")
		if kind := path.Ext(name); !strings.Contains(typ, "/") {
			typ = map[string]string{".ogg": "audio/ogg", ".webp": "image/webp"}[kind]
		}
		return fileForm(path.Base(name), typ)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(example); err != nil {
		b.Fatal(err)
	}
	body = anyURL.ReplaceAllString(buf.String(), "https://example.com/$1")
	for placeholder, stand := range placeholders {
		if quoted := `"` + placeholder + `"`; strings.Contains(body, quoted) {
			body = strings.ReplaceAll(body, quoted, `"`+stand(b)+`"`)
		}
	}
	if op == "POST /{Phone-Number-ID}/verify_code" {
		body = `{"code":"` + b.verificationCode() + `"}`
	}
	var message struct{ Template *templateMessage }
	if err := json.Unmarshal([]byte(body), &message); err != nil {
		b.Fatal(err)
	}
	if message.Template != nil && message.Template.Name != "hello_world" { // every account has that one
		b.makeTemplate(message.Template.template())
	}
	return "application/json", body
}

// verificationCode is what the SMS said that came to the number.
func (b *business) verificationCode() string {
	w := httptest.NewRecorder()
	b.tests.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), "GET", "/_fakewa/number", nil))
	var number struct {
		Code string `json:"verification_code"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &number); err != nil || number.Code == "" {
		b.Fatalf("no verification code in %s", w.Body)
	}
	return number.Code
}

// templateMessage is the template object of a message.
type templateMessage struct {
	Name       string
	Language   struct{ Code string }
	Components []struct {
		Type       string
		SubType    string `json:"sub_type"`
		Parameters []struct{ Type string }
	}
}

// template is the template that the message fills in: with as many parameters of
// the same types, and the same buttons.
func (m *templateMessage) template() map[string]any {
	body := map[string]any{"type": "BODY", "text": "Hello."}
	components := []any{body}
	var buttons []any
	for _, c := range m.Components {
		switch c.Type {
		case "header":
			components = append(components, map[string]any{
				"type": "HEADER", "format": strings.ToUpper(c.Parameters[0].Type),
				"example": map[string]any{"header_handle": []string{"4:aGFuZGxl"}},
			})
		case "body":
			var examples []string
			for i := range c.Parameters {
				body["text"] = fmt.Sprintf("%s And {{%d}}, too.", body["text"], i+1)
				examples = append(examples, "this")
			}
			body["example"] = map[string]any{"body_text": [][]string{examples}}
		case "button":
			button := map[string]any{"type": strings.ToUpper(c.SubType), "text": fmt.Sprintf("Button %d", len(buttons)+1)}
			if button["type"] == "FLOW" {
				button["flow_id"], button["flow_action"], button["navigate_screen"] = "1122334455667788", "navigate", "START"
			}
			buttons = append(buttons, button)
		}
	}
	if buttons != nil {
		components = append(components, map[string]any{"type": "BUTTONS", "buttons": buttons})
	}
	return map[string]any{"name": m.Name, "language": m.Language.Code, "category": "MARKETING", "components": components}
}

// makeTemplate creates a template and returns its id.
func (b *business) makeTemplate(template map[string]any) string {
	body, err := json.Marshal(template)
	if err != nil {
		b.Fatal(err)
	}
	return b.must("POST /{WABA-ID}/message_templates", "application/json", string(body))
}
