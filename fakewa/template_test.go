package fakewa_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/fakewa"
)

const (
	accountID = "102290129340398"
	templates = "/v23.0/" + accountID + "/message_templates"
)

// withTemplates returns a server and its bot.
func withTemplates(t *testing.T, cfg fakewa.Config) (*fakewa.Server, *recorder) {
	t.Helper()
	bot := &recorder{}
	cfg.Webhook, cfg.Clock = bot, fakewa.StillClock(fixed())
	s := fakewa.Test(t, cfg)
	return s, bot
}

// templateWebhooks waits until all webhooks were delivered, and returns those about
// templates.
func templateWebhooks(t *testing.T, s *fakewa.Server, bot *recorder) (values []map[string]any) {
	t.Helper()
	if err := s.Config().Clock.Advance(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	for _, body := range bot.all() {
		var hook struct {
			Entry []struct {
				ID      string
				Changes []struct {
					Field string
					Value map[string]any
				}
			}
		}
		dec := json.NewDecoder(strings.NewReader(body))
		dec.UseNumber()
		if err := dec.Decode(&hook); err != nil {
			t.Fatal(err)
		}
		for _, entry := range hook.Entry {
			for _, c := range entry.Changes {
				if c.Field == "message_template_status_update" {
					values = append(values, c.Value)
				}
			}
		}
	}
	return values
}

// accept makes a call that must be accepted, and decodes its answer.
func accept[T any](t *testing.T, s *fakewa.Server, method, path, body string) (answer T) {
	t.Helper()
	status, got := call(t, s, method, path, "Bearer x", body)
	if err := json.Unmarshal([]byte(got), &answer); err != nil || status != http.StatusOK {
		t.Fatalf("%s %s: got %d %s", method, path, status, got)
	}
	return answer
}

// refusal is the answer to a call that the API refuses.
type refusal struct {
	status, code, subcode int
	details               string // part of the message, of the details, or of the fake's reason
}

func (want refusal) check(t *testing.T, status int, answer string) {
	t.Helper()
	var got struct {
		Fakewa_reason string
		Error         struct {
			Message       string
			Code          int
			Error_subcode int
			Error_data    struct{ Details string }
		}
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	e := got.Error
	if status != want.status || e.Code != want.code || e.Error_subcode != want.subcode || !strings.Contains(e.Message+e.Error_data.Details+got.Fakewa_reason, want.details) {
		t.Errorf("got %d %s, want %+v", status, answer, want)
	}
}

func addTemplate(t *testing.T, s *fakewa.Server, name, language, category, components string) string {
	t.Helper()
	id, err := s.AddTemplate(fakewa.Template{Name: name, Language: language, Category: category, Components: json.RawMessage(components)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

type templateAnswer struct {
	ID, Name, Language, Status, Category string
	ParameterFormat                      string `json:"parameter_format"`
	Components                           []map[string]any
}

func TestTemplateCreationIsLimited(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	made := 0
	create := func() (int, string) {
		made++
		return call(t, s, "POST", templates, "Bearer x", fmt.Sprintf(`{"name":"t%d","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Hi."}]}`, made))
	}
	fill := func(n int) {
		t.Helper()
		for range n {
			if status, answer := create(); status != 200 {
				t.Fatalf("got %d %s", status, answer)
			}
		}
	}
	fill(1)
	advance := func(d time.Duration) {
		t.Helper()
		if err := s.Config().Clock.Advance(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	advance(20 * time.Minute)
	fill(99)
	status, answer := create()
	refusal{400, 80007, 0, "the next can be created in 40m0s"}.check(t, status, answer)
	advance(40 * time.Minute)
	fill(1)
	status, answer = create()
	refusal{400, 80007, 0, "20m0s"}.check(t, status, answer)
	advance(time.Hour)
	fill(100)
	advance(time.Hour)
	fill(48) // and hello_world
	status, answer = create()
	refusal{400, 100, 2388019, "250"}.check(t, status, answer)
	if _, err := s.AddTemplate(fakewa.Template{Name: "more", Language: "de", Category: "UTILITY", Components: json.RawMessage(`[{"type":"BODY","text":"Hi."}]`)}); err == nil {
		t.Error("a 251st template was added")
	}
}

// TestTemplateCallsCanBeConcurrent makes calls for the race detector to check.
func TestTemplateCallsCanBeConcurrent(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	var all sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprint("t", i)
		all.Go(func() {
			id, err := s.AddTemplate(fakewa.Template{Name: name, Language: "de", Category: "UTILITY", Components: json.RawMessage(`[{"type":"BODY","text":"Hi."}]`)})
			if err != nil {
				t.Error(err)
			}
			for _, c := range []struct{ method, path, body string }{
				{"POST", "/" + number + "/messages", sendTemplate(name, "de", "")},
				{"GET", templates, ""},
				{"POST", "/" + id, `{"components":[{"type":"BODY","text":"Ho."}]}`},
				{"GET", "/" + id, ""},
				{"DELETE", templates + "?name=" + name, ""},
			} {
				if status, answer := call(t, s, c.method, c.path, "Bearer x", c.body); status != 200 {
					t.Errorf("%s %s: got %d %s", c.method, c.path, status, answer)
				}
			}
			if err := s.SetTemplateStatus("hello_world", "", "PAUSED", ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := templateWebhooks(t, s, bot); len(got) != 3*8 {
		t.Errorf("got %d webhooks", len(got))
	}
	if got := s.Templates(); len(got) != 1 || got[0].Status != "PAUSED" {
		t.Errorf("got %+v", got)
	}
}
