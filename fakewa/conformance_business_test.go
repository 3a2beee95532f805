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
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// business is a fake for Meta's examples. A user has just written to it, so that all
// messages are allowed.
type business struct {
	*conformance
	fake  *fakewa.Server
	tests http.Handler // the control API
	bot   *verified
	token string            // of calls, with its scheme
	said  string            // the id of the user's message
	ids   map[string]string // what the parameters of paths stand for
}

// user is the recipient of the examples.
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

// verified is a bot that keeps its webhooks and accepts the handshake.
type verified struct {
	recorder
	hold chan struct{} // no webhook is answered before it is closed; nil: each at once
}

func (v *verified) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	v.recorder.ServeHTTP(w, r)
	if v.hold != nil {
		<-v.hold
	}
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

// verificationCode is what the SMS said that came to the number.
func (b *business) verificationCode() string {
	w := httptest.NewRecorder()
	b.tests.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), "GET", "http://localhost/_fakewa/number", nil))
	var number struct {
		Code string `json:"verification_code"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &number); err != nil || number.Code == "" {
		b.Fatalf("no verification code in %s", w.Body)
	}
	return number.Code
}

// makeFlow creates a flow without an endpoint, with a problem or without, past the comparison
// with the file: creating it has answers that the file lacks.
func (b *business) makeFlow(problem bool) {
	definition := strings.Replace(askName, `"data_api_version":"3.0","routing_model":{"NAME":[]},`, "", 1)
	if problem {
		definition = strings.Replace(definition, `"title"`, `"heading"`, 1)
	}
	body, err := json.Marshal(map[string]any{"name": "first", "categories": []string{"SIGN_UP"}, "flow_json": definition})
	if err != nil {
		b.Fatal(err)
	}
	req := httptest.NewRequestWithContext(b.Context(), "POST", "/v23.0/"+b.ids["{WABA-ID}"]+"/flows", bytes.NewReader(body))
	req.Header.Set("Authorization", b.token)
	w := httptest.NewRecorder()
	b.fake.ServeHTTP(w, req)
	var made struct{ ID string }
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || made.ID == "" {
		b.Fatalf("no flow was made: %s", w.Body)
	}
	b.ids["{Flow-ID}"] = made.ID
}

// makeTemplate creates a template and returns its id.
func (b *business) makeTemplate(template map[string]any) string {
	body, err := json.Marshal(template)
	if err != nil {
		b.Fatal(err)
	}
	return b.must("POST /{WABA-ID}/message_templates", "application/json", string(body))
}
