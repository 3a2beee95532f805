package fakewa_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// controlled is a platform over TCP. Each answer of the control API is compared with
// its document.
type controlled struct {
	*testing.T
	platform *fakewa.Platform
	bot      *answering
	url      string // of the platform
	webhook  *httptest.Server
	called   *sync.Map // operations that succeeded
	id       string    // the last one in an answer
}

var controlDocument = sync.OnceValues(func() (*openapi3.T, error) {
	data, err := os.ReadFile("control/control.yaml")
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(data)
})

// controlFake serves a platform, whose clock stands still unless cfg has another, and
// its bot.
func controlFake(t *testing.T, cfg fakewa.Config) *controlled {
	t.Helper()
	bot := &answering{token: "verify"}
	webhook := httptest.NewServer(bot)
	t.Cleanup(webhook.Close)
	cfg.WebhookURL = webhook.URL + "/webhook"
	if cfg.Clock == nil {
		cfg.Clock = fakewa.StillClock(fixed())
	}
	platform, err := fakewa.NewPlatform(cfg)
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(control.Handler(platform))
	t.Cleanup(api.Close)
	t.Cleanup(platform.Close) // first, so that calls that are held end
	return &controlled{t, platform, bot, api.URL, webhook, new(sync.Map), ""}
}

// try makes a call: "POST users/1/read" to the control API, and "POST /1/messages"
// to the Graph API.
func (c *controlled) try(call, body string) (status int, answer string, err error) {
	method, path, _ := strings.Cut(call, " ")
	own := !strings.HasPrefix(path, "/")
	if own {
		path = "/_fakewa/" + path
	}
	req, err := http.NewRequestWithContext(c.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer any")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if own && err == nil {
		c.check(method, req.URL.Path, resp.StatusCode, got)
	}
	return resp.StatusCode, strings.TrimSpace(string(got)), err
}

// do is try for calls that are answered.
func (c *controlled) do(call, body string) (status int, answer string) {
	c.Helper()
	status, answer, err := c.try(call, body)
	if err != nil {
		c.Fatalf("%s: %v", call, err)
	}
	return status, answer
}

// must is do for calls that succeed. It reads the answer into all of into.
func (c *controlled) must(call, body string, into ...any) {
	c.Helper()
	status, answer := c.do(call, body)
	if status >= 300 {
		c.Fatalf("%s %s: got %d %s", call, body, status, answer)
	}
	for _, v := range into {
		if err := json.Unmarshal([]byte(answer), v); err != nil {
			c.Fatalf("%s: %v: %s", call, err, answer)
		}
	}
}

// settle waits until all that is due now is done.
func (c *controlled) settle() {
	c.Helper()
	c.must("POST clock", `{"advance":"0s"}`)
}

// say sends a user's text, which opens the window.
func (c *controlled) say(user, text string) {
	c.Helper()
	c.must("POST users/"+user+"/messages", `{"type":"text","text":{"body":"`+text+`"}}`)
}

// send sends a text of the bot.
func (c *controlled) send(user, text string) (status int) {
	c.Helper()
	status, _ = c.do("POST /"+number+"/messages", textTo(user, text))
	return status
}

func textTo(user, text string) string {
	return `{"messaging_product":"whatsapp","to":"` + user + `","type":"text","text":{"body":"` + text + `"}}`
}

// check compares an answer of the control API with its document.
func (c *controlled) check(method, path string, status int, answer []byte) {
	c.Helper()
	doc, err := controlDocument()
	if err != nil {
		c.Fatal(err)
	}
	template, op := operation(doc, method, path)
	if op == nil {
		if status != http.StatusNotFound {
			c.Errorf("%s %s is not in the document, and is answered: %d %s", method, path, status, answer)
		}
		return
	}
	response := op.Responses.Status(status)
	if response == nil {
		c.Errorf("%s %s: the document has no answer %d: %s", method, path, status, answer)
		return
	}
	if status < 300 {
		c.called.Store(method+" "+template, true)
	}
	media := response.Value.Content["application/json"]
	if media == nil {
		return
	}
	var value any
	if err := json.Unmarshal(answer, &value); err != nil {
		c.Errorf("%s %s: %v: %s", method, path, err, answer)
	} else if err := media.Schema.Value.VisitJSON(value, openapi3.MultiErrors(), openapi3.EnableFormatValidation()); err != nil {
		c.Errorf("%s %s: %d %s is not what the document says: %v", method, path, status, answer, err)
	}
}

// readEvents reads all events so far, and compares each with the document. All kinds but lost
// must have happened.
func (c *controlled) readEvents() {
	c.Helper()
	doc, err := controlDocument()
	if err != nil {
		c.Fatal(err)
	}
	schemas := map[string]string{"begin": "EventBegin", "message": "Message", "status": "Message", "webhook": "EventWebhook", "attempt": "Delivery", "request": "Request", "fault_injected": "Fault", "fault_met": "Fault", "fault_removed": "Fault", "profile": "Profile", "clock": "EventClock"}
	left := maps.Clone(schemas)
	c.platform.First().Phone("1").SetProfile(fakewa.Profile{Name: "the last"})
	resp, err := http.Get(c.url + "/_fakewa/events")
	if err != nil {
		c.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var e map[string]any
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			c.Fatalf("%v: %s", err, text)
		}
		kind, _ := e["kind"].(string)
		delete(left, kind)
		for name, value := range map[string]any{"Event": e, schemas[kind]: e["data"]} {
			if err := doc.Components.Schemas[name].Value.VisitJSON(value, openapi3.MultiErrors(), openapi3.EnableFormatValidation()); err != nil {
				c.Errorf("event %s is not what the document says: %v", text, err)
			}
		}
		if strings.Contains(text, `"the last"`) {
			break
		}
	}
	if len(left) > 0 {
		c.Errorf("no event of the kinds %v came", slices.Sorted(maps.Keys(left)))
	}
	c.called.Store("GET /events", true)
}

// operation finds the path template and the operation of a call in the document.
func operation(doc *openapi3.T, method, path string) (template string, op *openapi3.Operation) {
	words := strings.Split(strings.TrimPrefix(path, "/_fakewa/"), "/")
	if len(words) > 2 && words[0] == "businesses" {
		words = words[2:]
	}
	for template, item := range doc.Paths.Map() {
		names := strings.Split(template[1:], "/")
		fits := slices.EqualFunc(names, words, func(name, word string) bool { return name == word || strings.HasPrefix(name, "{") && word != "" })
		if op := item.GetOperation(method); fits && op != nil {
			return template, op
		}
	}
	return "", nil
}

// step is a call and the answer that it must get. In it "$id" stands for the last id in
// an answer, "$bot" for the URL of the bot.
type step struct {
	call, body string
	status     int
	has        string // what the answer must contain
}

func (c *controlled) steps(steps []step) {
	c.Helper()
	for _, s := range steps {
		fill := strings.NewReplacer("$id", c.id, "$bot", c.webhook.URL)
		status, answer := c.do(fill.Replace(s.call), fill.Replace(s.body))
		if want := fill.Replace(s.has); status != s.status || !strings.Contains(answer, want) {
			c.Errorf("%s %.100s:\ngot  %d %s\nwant %d %s", s.call, s.body, status, answer, s.status, want)
		}
		var got struct {
			ID       any
			Messages any
		}
		if json.Unmarshal([]byte(answer), &got) == nil && got.ID != nil {
			c.id = fmt.Sprint(got.ID)
		}
	}
}

const (
	ana     = "16505551234"
	buttons = `{"messaging_product":"whatsapp","to":"16505551234","type":"interactive","interactive":{"type":"button","body":{"text":"Well?"},"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Yes"}},{"type":"reply","reply":{"id":"n","title":"No"}}]}}}`
	voice   = `{"messaging_product":"whatsapp","to":"16505551234","type":"audio","audio":{"link":"https://example.com/a.ogg","voice":true}}`
)
