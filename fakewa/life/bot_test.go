package life_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/life"
)

// bot notes what the webhooks say, in a few words each.
type bot struct {
	mu    sync.Mutex // guards heard
	heard []string
}

func (b *bot) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var body struct {
		Entry []struct {
			Changes []struct {
				Field string
				Value map[string]any
			}
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	change := body.Entry[0].Changes[0]
	v := change.Value
	said := change.Field
	switch change.Field {
	case "messages":
		if v["statuses"] == nil {
			return
		}
		status := v["statuses"].([]any)[0].(map[string]any)
		said = fmt.Sprint(status["recipient_id"], " ", status["status"])
		if errors, ok := status["errors"].([]any); ok {
			said += fmt.Sprint(" ", errors[0].(map[string]any)["code"])
		}
	case "message_template_status_update":
		said = fmt.Sprint(v["message_template_name"], " ", v["event"], " ", v["reason"])
		if info, ok := v["other_info"].(map[string]any); ok {
			said += fmt.Sprint(" ", info["title"])
		}
		if info, ok := v["disable_info"].(map[string]any); ok {
			said += fmt.Sprintf(" %.0f", info["disable_date"])
		}
	case "message_template_quality_update":
		said = fmt.Sprint(v["message_template_name"], " ", v["previous_quality_score"], " to ", v["new_quality_score"])
	case "business_capability_update", "phone_number_quality_update":
		said = fmt.Sprint(change.Field, " ", v["event"], " ", v["max_daily_conversations_per_business"])
	case "user_preferences":
		p := v["user_preferences"].([]any)[0].(map[string]any)
		said = fmt.Sprint(p["wa_id"], " ", p["category"], " ", p["value"])
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = append(b.heard, said)
}

// stand is a business with three templates, whose clock stands still until it is moved.
type stand struct {
	*fakewa.Server
	t     *testing.T
	bot   *bot
	clock *fakewa.Clock
}

var body = json.RawMessage(`[{"type":"BODY","text":"Hello."}]`)

// business returns a business with the templates offer and sale, of the category MARKETING,
// and order.
func business(t *testing.T, set life.Settings) *stand {
	b := &bot{}
	clock := fakewa.StillClock(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC))
	cfg := fakewa.Config{Webhook: b, Clock: clock, Life: set, Templates: []fakewa.Template{
		{Name: "offer", Language: "en", Category: "MARKETING", Components: body},
		{Name: "sale", Language: "en", Category: "MARKETING", Quality: "GREEN", Components: body},
		{Name: "order", Language: "en", Category: "UTILITY", Components: body},
	}}
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	return &stand{fakewa.Test(t, cfg), t, b, clock}
}

// send sends a template to User1, User2, …, and returns the answer in words: the status of the
// message, or the code of the refusal.
func (s *stand) send(template string, user int) string {
	return s.post(fmt.Sprintf(`"to":"%d","type":"template","template":{"name":"%s","language":{"code":"en"}}`, number(user), template))
}

func number(user int) int { return 15550000000 + user }

func (s *stand) post(message string) string {
	status, text := s.call("POST", s.Config().PhoneNumberID+"/messages", `{"messaging_product":"whatsapp",`+message+`}`)
	var answer struct {
		Messages []struct {
			Status string `json:"message_status"`
		}
		Error struct{ Code int }
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		s.t.Fatal(err)
	}
	if status == http.StatusOK {
		return answer.Messages[0].Status
	}
	return fmt.Sprint(answer.Error.Code)
}

func (s *stand) call(method, path, body string) (status int, text string) {
	s.t.Helper()
	req, _ := http.NewRequest(method, "http://graph/v23.0/"+path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer x")
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, strings.TrimSpace(string(answer))
}

// pass lets time pass, and what is due happen.
func (s *stand) pass(d time.Duration) {
	s.t.Helper()
	if err := s.clock.Advance(s.t.Context(), d); err != nil {
		s.t.Fatal(err)
	}
}

// hears wants the bot to have heard exactly this since it was asked last.
func (s *stand) hears(want ...string) {
	s.t.Helper()
	s.pass(0)
	s.bot.mu.Lock()
	defer s.bot.mu.Unlock()
	if got, want := strings.Join(s.bot.heard, "\n"), strings.Join(want, "\n"); got != want {
		s.t.Errorf("the bot heard:\n%s\nwanted:\n%s", got, want)
	}
	s.bot.heard = nil
}

// forget lets the bot forget what it has heard.
func (s *stand) forget() {
	s.pass(0)
	s.bot.mu.Lock()
	defer s.bot.mu.Unlock()
	s.bot.heard = nil
}

func (s *stand) want(got, want string) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("got %s, want %s", got, want)
	}
}

func (s *stand) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Error(err)
	}
}

// template returns the life of a template.
func (s *stand) template(name string) (found life.Template) {
	for _, t := range s.Life.State().Templates {
		if t.Name == name {
			found = t
		}
	}
	return found
}
