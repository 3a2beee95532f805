package fakewa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
)

// recorder is a bot that keeps the webhooks it gets.
type recorder struct {
	mu     sync.Mutex
	bodies []string // guarded by mu
	status int      // of the answers; 0: 200
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	if req.Method == http.MethodPost && req.Header.Get("X-Hub-Signature-256") != fakewa.Sign("secret", body) {
		http.Error(w, "wrong signature", http.StatusUnauthorized)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, string(body))
	if r.status != 0 {
		http.Error(w, "no", r.status)
	}
}

func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.bodies...)
}

func fixed() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

const (
	number = "106540352242922"
	hi     = `{"messaging_product":"whatsapp","to":"+1 (650) 555-1234","type":"text","text":{"body":"hi"}}`
)

func TestSend(t *testing.T) {
	var bot recorder
	s := fakewa.New(fakewa.Config{Webhook: &bot, Clock: fakewa.StillClock(fixed())})
	defer s.Close()
	say(t, s)
	for _, version := range []string{"/v23.0", "/v99.1", ""} {
		status, answer := call(t, s, "POST", version+"/"+number+"/messages", "Bearer any", hi)
		var got struct {
			Contacts []map[string]string
			Messages []map[string]string
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil || status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
		if got.Contacts[0]["input"] != "+1 (650) 555-1234" || got.Contacts[0]["wa_id"] != "16505551234" || !strings.HasPrefix(got.Messages[0]["id"], "wamid.") {
			t.Errorf("got %s", answer)
		}
	}
	if inbox := s.Phone("16505551234").Inbox(); len(inbox) != 3 || inbox[0].Text != "hi" || !inbox[0].At.Equal(fixed()) {
		t.Errorf("got %+v", inbox)
	}
	status, answer := call(t, s, "POST", "/v23.0/"+number+"/messages", "Bearer any", `{"messaging_product":"whatsapp","recipient":"US.13491208655302741918","type":"text","text":{"body":"hi"}}`)
	if status != 200 || !strings.Contains(answer, `"user_id":"US.13491208655302741918"`) || strings.Contains(answer, "wa_id") {
		t.Errorf("got %d %s", status, answer)
	}
}

func TestRefusals(t *testing.T) {
	s := fakewa.New(fakewa.Config{Token: "right"})
	defer s.Close()
	message := func(rest string) string { return `{"messaging_product":"whatsapp","to":"16505551234",` + rest + `}` }
	for name, test := range map[string]struct {
		path, token, body string
		status, code      int
		details           string
	}{
		"no token":             {number + "/messages", "", hi, 401, 190, ""},
		"a wrong token":        {number + "/messages", "Bearer wrong", hi, 401, 190, ""},
		"another scheme":       {number + "/messages", "Basic right", hi, 401, 190, ""},
		"an unknown number":    {"999/messages", "Bearer right", hi, 400, 100, ""},
		"an unknown edge":      {number + "/nothing", "Bearer right", hi, 400, 100, ""},
		"the root":             {"", "Bearer right", hi, 400, 100, ""},
		"no JSON":              {number + "/messages", "Bearer right", "hi", 400, 100, "JSON"},
		"an array":             {number + "/messages", "Bearer right", "[]", 400, 100, "an array"},
		"a field's type":       {number + "/messages", "Bearer right", message(`"text":"hi"`), 400, 100, "text"},
		"no product":           {number + "/messages", "Bearer right", `{"to":"1","text":{"body":"x"}}`, 400, 100, "messaging_product"},
		"no recipient":         {number + "/messages", "Bearer right", `{"messaging_product":"whatsapp","text":{"body":"x"}}`, 400, 131008, "to is missing"},
		"no number":            {number + "/messages", "Bearer right", `{"messaging_product":"whatsapp","to":"Ana","text":{"body":"x"}}`, 400, 131009, `"Ana"`},
		"no scoped id":         {number + "/messages", "Bearer right", `{"messaging_product":"whatsapp","recipient":"Ana","text":{"body":"x"}}`, 400, 131009, `"Ana"`},
		"another type":         {number + "/messages", "Bearer right", message(`"type":"hologram"`), 400, 131051, `"hologram"`},
		"no text":              {number + "/messages", "Bearer right", message(`"type":"text"`), 400, 131008, "text is missing"},
		"no body":              {number + "/messages", "Bearer right", message(`"text":{}`), 400, 131008, "text.body"},
		"an empty body":        {number + "/messages", "Bearer right", message(`"text":{"body":""}`), 400, 131008, "text.body"},
		"4097 characters":      {number + "/messages", "Bearer right", message(`"text":{"body":"` + strings.Repeat("x", 4097) + `"}`), 400, 131009, "4097"},
		"2049 emoji":           {number + "/messages", "Bearer right", message(`"text":{"body":"` + strings.Repeat("😀", 2049) + `"}`), 400, 131009, "4098"},
		"513 opaque":           {number + "/messages", "Bearer right", message(`"biz_opaque_callback_data":"` + strings.Repeat("x", 513) + `","text":{"body":"x"}`), 400, 131009, "513"},
		"another status":       {number + "/messages", "Bearer right", message(`"status":"unread","message_id":"x"`), 400, 131009, "unread"},
		"an unknown message":   {number + "/messages", "Bearer right", message(`"status":"read","message_id":"wamid.x"`), 400, 131009, "wamid.x"},
		"another typing":       {number + "/messages", "Bearer right", message(`"status":"read","message_id":"x","typing_indicator":{"type":"dance"}`), 400, 131009, "dance"},
		"more than a megabyte": {number + "/messages", "Bearer right", strings.Repeat("x", 1<<20+1), 400, 100, "larger"},
	} {
		status, answer := call(t, s, "POST", "/v23.0/"+test.path, test.token, test.body)
		var got struct {
			Error struct {
				Message, Type, Fbtrace_id string
				Code                      int
				Error_data                struct{ Details string }
			}
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Errorf("%s: %v: %s", name, err, answer)
			continue
		}
		if status != test.status || got.Error.Code != test.code || !strings.Contains(got.Error.Error_data.Details, test.details) {
			t.Errorf("%s: got %d %s", name, status, answer)
		}
		if got.Error.Message == "" || got.Error.Type == "" || got.Error.Fbtrace_id == "" {
			t.Errorf("%s: the envelope lacks something: %s", name, answer)
		}
	}
	for _, text := range []string{strings.Repeat("x", 4096), strings.Repeat("😀", 2048)} {
		if status, answer := call(t, s, "POST", "/v23.0/"+number+"/messages", "Bearer right", message(`"text":{"body":"`+text+`"}`)); status != 200 {
			t.Errorf("the longest text: got %d %s", status, answer)
		}
	}
	requests := s.Requests()
	if first := requests[len(requests)-1]; first.Status != 200 || first.Error != nil || first.Path != "/v23.0/"+number+"/messages" {
		t.Errorf("got %+v", first)
	}
	for _, r := range requests {
		if strings.Contains(fmt.Sprint(r), "right") {
			t.Errorf("the token is recorded: %+v", r)
		}
	}
}

func TestPhoneNumber(t *testing.T) {
	s := fakewa.New(fakewa.Config{})
	defer s.Close()
	if status, answer := call(t, s, "GET", "/v23.0/"+number+"?fields=display_phone_number", "Bearer x", ""); status != 200 || answer != `{"display_phone_number":"+1 555-078-3881","id":"106540352242922"}` {
		t.Errorf("got %d %s", status, answer)
	}
	if status, answer := call(t, s, "GET", "/"+number, "OAuth x", ""); status != 200 || !strings.Contains(answer, "verified_name") {
		t.Errorf("got %d %s", status, answer)
	}
	if status, _ := call(t, s, "GET", "/"+number+"?fields=nothing&access_token=x", "", ""); status != 400 {
		t.Errorf("an unknown field: got %d", status)
	}
}

// TestWireForm holds the bytes of a webhook against what Meta sends.
func TestWireForm(t *testing.T) {
	var bot recorder
	s := fakewa.New(fakewa.Config{Webhook: &bot, Clock: fakewa.StillClock(fixed())})
	defer s.Close()
	id, err := s.Phone("+16505551234").Say(context.Background(), "café 👍 a/b <i> & \"q\"\n\u2028")
	if err != nil {
		t.Fatal(err)
	}
	want := `{"entry":[{"changes":[{"field":"messages","value":{"contacts":[{"profile":{"name":"Test User"},"wa_id":"16505551234"}],` +
		`"messages":[{"from":"16505551234","id":"` + strings.ReplaceAll(id, "/", `\/`) + `",` +
		`"text":{"body":"caf\u00e9 \ud83d\udc4d a\/b <i> & \"q\"\n\u2028"},"timestamp":"1767603600","type":"text"}],` +
		`"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"}}}],` +
		`"id":"102290129340398"}],"object":"whatsapp_business_account"}`
	if got := bot.all(); len(got) != 1 || got[0] != want {
		t.Errorf("got  %q\nwant %s", got, want)
	}
}

func TestInboundTypes(t *testing.T) {
	var bot recorder
	s := fakewa.New(fakewa.Config{Webhook: &bot})
	defer s.Close()
	say(t, s)
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi) // something to answer
	phone := s.Phone("16505551234")
	for want, content := range map[string]fakewa.Content{
		`"image":{"caption":"c","id":"`:             fakewa.Image("c"),
		`"video":{"id":"`:                           fakewa.Video(""),
		`"voice":true`:                              fakewa.Voice(),
		`"voice":false`:                             fakewa.Audio(),
		`"filename":"a.pdf","id":"`:                 fakewa.Document("a.pdf", ""),
		`"animated":false`:                          fakewa.Sticker(),
		`"latitude":1.5,"longitude":-2,"name":"n"`:  fakewa.Location(1.5, -2, "n", ""),
		`"formatted_name":"Lucía"`:                  fakewa.Contact("Lucía", "+1"),
		`"button_reply":{"id":"y","title":"Yes"}`:   fakewa.ButtonReply("y", "Yes"),
		`"list_reply":{"id":"r","title":"Row"}`:     fakewa.ListReply("r", "Row", ""),
		`"button":{"payload":"Stop","text":"Stop"}`: fakewa.TemplateButton("Stop", "Stop"),
		`"reaction":{"message_id":"m"}`:             fakewa.Reaction("m", ""),
		`"reaction":{"emoji":"👍","message_id":"m"}`: fakewa.Reaction("m", "👍"),
		`"product_retailer_id":"p","quantity":2`:    fakewa.Order("p", 2),
		`"type":"user_changed_number","wa_id":"2"`:  fakewa.NumberChanged("1", "2"),
		`"unsupported":{"type":"poll"}`:             fakewa.Unsupported("poll"),
		`"hologram":{"depth":3},"id":"`:             {"type": "hologram", "hologram": map[string]any{"depth": 3}},
	} {
		if _, err := phone.Send(context.Background(), content); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		said := s.Conversation("16505551234")
		body := string(said[len(said)-1].Body)
		if typ := content["type"].(string); !strings.Contains(body, want) && !strings.Contains(body, strings.TrimSuffix(want, `,"id":"`)) {
			t.Errorf("%s: got %s", typ, body)
		}
		if typ := content["type"]; (typ == "interactive" || typ == "button") != strings.Contains(body, `"context":{"from":"15550783881","id":"wamid.`) {
			t.Errorf("%s: the context: %s", typ, body)
		}
		if strings.Contains(body, `"mime_type"`) != strings.Contains(body, `"sha256"`) {
			t.Errorf("half a medium: %s", body)
		}
	}
	for name, content := range map[string]fakewa.Content{"no type": {}, "no text": {"type": "text"}, "a function": {"type": "x", "x": func() {}}} {
		if _, err := phone.Send(context.Background(), content); err == nil {
			t.Errorf("%s was sent", name)
		}
	}
	if _, err := s.Phone("somebody").Say(context.Background(), "hi"); err == nil {
		t.Error("a name was taken for a number")
	}
}

func TestStatuses(t *testing.T) {
	var bot recorder
	s := fakewa.New(fakewa.Config{Webhook: &bot, Clock: fakewa.StillClock(fixed()), Window: fakewa.WindowOff})
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", strings.Replace(hi, `"type"`, `"biz_opaque_callback_data":"batch-7","type"`, 1))
	waitFor(t, func() bool { return len(bot.all()) == 2 })
	phone := s.Phone("16505551234")
	phone.Read()
	phone.Read() // reads nothing new
	waitFor(t, func() bool { return len(bot.all()) >= 3 })
	s.Close()
	for i, status := range []string{"sent", "delivered", "read"} {
		want := `"recipient_id":"16505551234","status":"` + status + `","timestamp":"1767603600"`
		if got := bot.all(); len(got) != 3 || !strings.Contains(got[i], want) || !strings.Contains(got[i], `"biz_opaque_callback_data":"batch-7"`) {
			t.Errorf("got %q, want %s", got, want)
		}
	}
	if got := phone.Inbox()[0].Status; got != "read" {
		t.Errorf("got %s", got)
	}
}

// say opens the window of the user to whom hi goes.
func say(t *testing.T, s *fakewa.Server) {
	t.Helper()
	if _, err := s.Phone("16505551234").Say(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}

func TestMarkAsRead(t *testing.T) {
	var bot recorder
	s := fakewa.New(fakewa.Config{Webhook: &bot})
	defer s.Close()
	phone := s.Phone("16505551234")
	var ids []string
	for range 3 {
		id, err := phone.Say(context.Background(), "hello")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", `{"messaging_product":"whatsapp","status":"read","message_id":"`+ids[1]+`","typing_indicator":{"type":"text"}}`)
	if status != 200 || answer != `{"success":true}` {
		t.Errorf("got %d %s", status, answer)
	}
	var got []string
	for _, m := range s.Conversation("16505551234") {
		got = append(got, m.Status)
	}
	if strings.Join(got, " ") != "read read delivered" {
		t.Errorf("got %s", got)
	}
}

func TestRedeliver(t *testing.T) {
	bot := recorder{status: 503}
	s := fakewa.New(fakewa.Config{Webhook: &bot})
	defer s.Close()
	id, err := s.Phone("1").Say(context.Background(), "hello")
	if err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v", err)
	}
	bot.status = 0
	if answer, err := s.Redeliver(context.Background(), id); err != nil || answer.Status != 200 {
		t.Errorf("got %+v, %v", answer, err)
	}
	if got := bot.all(); len(got) != 2 || got[0] != got[1] {
		t.Errorf("got %q", got)
	}
	if _, err := s.Redeliver(context.Background(), "wamid.other"); err == nil {
		t.Error("an unknown message was delivered")
	}
}

func TestVerify(t *testing.T) {
	var query string
	bot := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.RawQuery
		if r.URL.Query().Get("hub.verify_token") == "verify" {
			io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		}
	})
	if err := fakewa.New(fakewa.Config{Webhook: bot}).Verify(context.Background()); err != nil || !strings.Contains(query, "hub.mode=subscribe") {
		t.Errorf("got %v, %s", err, query)
	}
	if err := fakewa.New(fakewa.Config{Webhook: bot, VerifyToken: "other"}).Verify(context.Background()); err == nil {
		t.Error("an empty answer passed")
	}
	if err := fakewa.New(fakewa.Config{}).Verify(context.Background()); err == nil {
		t.Error("passed without a webhook")
	}
}

// TestSeed makes the same calls on two servers and on one with another seed.
func TestSeed(t *testing.T) {
	id := func(seed uint64) string {
		s := fakewa.New(fakewa.Config{Seed: seed})
		defer s.Close()
		call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
		return s.Sent()[0].ID
	}
	if one, again, two := id(1), id(1), id(2); one != again || one == two {
		t.Errorf("got %s, %s and %s", one, again, two)
	}
}

// TestLostAnswers has calls that are never answered, and answers that are lost.
func TestLostAnswers(t *testing.T) {
	var calls []fakewa.Request
	s := fakewa.New(fakewa.Config{OnRequest: func(_ context.Context, r fakewa.Request) { calls = append(calls, r) }})
	t.Cleanup(s.Close)
	s.Inject(fakewa.Fault{Silent: true, Times: 1})
	s.Inject(fakewa.Fault{Lost: true, Times: 1})
	body := `{"messaging_product":"whatsapp","to":"1234567890","text":{"body":"hi"}}`
	send := func(timeout time.Duration) error {
		client := s.Client()
		client.Timeout = timeout
		req, err := http.NewRequest("POST", "http://graph/106540352242922/messages", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer any")
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := send(10 * time.Millisecond); err == nil {
		t.Error("the silent call was answered")
	}
	if n := len(s.Sent()); n != 0 {
		t.Errorf("the silent call sent %d messages", n)
	}
	if err := send(time.Minute); err == nil || !strings.Contains(err.Error(), "connection reset by peer") {
		t.Errorf("the lost answer came: %v", err)
	}
	if err := send(time.Minute); err != nil {
		t.Error(err)
	}
	sent := s.Sent()
	if len(sent) != 2 || len(calls) != 3 || calls[0].Status != 0 || !calls[1].Lost || calls[1].ID != sent[0].ID || calls[2].Lost || calls[2].ID != sent[1].ID {
		t.Errorf("got %d messages, calls %+v", len(sent), calls)
	}
}

// TestRedelivery brings a webhook again until it is taken, in virtual time.
func TestRedelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, tries := time.Now(), 0
		s := fakewa.New(fakewa.Config{Redeliver: time.Hour, Webhook: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hook := fakewa.WebhookOf(r.Context()); len(hook.IDs) != 1 {
				t.Errorf("got %q", hook.IDs)
			}
			if tries++; tries < 8 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})})
		defer s.Close()
		if _, err := s.Phone("1234567890").Say(t.Context(), "hi"); err != nil {
			t.Error(err)
		}
		if tries != 8 || time.Since(start) != (1+2+4+8+15+15+15)*time.Second {
			t.Errorf("got %d tries in %s", tries, time.Since(start))
		}
		tries = -1000
		if _, err := s.Phone("1234567890").Say(t.Context(), "hi"); err == nil || time.Since(start) > 2*time.Hour {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
	})
}
