package fakewa_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// parrot is a bot that sends users their own texts. It tries again if the API refuses a
// call or breaks off, and ignores messages that it has answered.
type parrot struct {
	api      string // the URL of the Graph API
	mu       sync.Mutex
	answered map[string]bool // guarded by mu; by the id of the user's message
}

func (p *parrot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("X-Hub-Signature-256") != fakewa.Sign("secret", body) {
		http.Error(w, "wrong", http.StatusUnauthorized)
		return
	}
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						ID, From string
						Text     struct{ Body string }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(body, &hook); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, m := range hook.Entry[0].Changes[0].Value.Messages {
		p.mu.Lock()
		again := p.answered[m.ID]
		p.answered[m.ID] = true
		p.mu.Unlock()
		for !again {
			again = p.send(m.From, m.Text.Body)
		}
	}
}

// send sends a message, and tells whether the API accepted it.
func (p *parrot) send(to, text string) bool {
	req, err := http.NewRequest(http.MethodPost, p.api+"/v23.0/"+number+"/messages", strings.NewReader(textTo(to, text)))
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer any")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// TestManyUsersAreAnsweredDespiteFaults has 64 users talk to a bot at the same time. The
// API refuses calls and loses answers, and webhooks are duplicated and redelivered.
func TestManyUsersAreAnsweredDespiteFaults(t *testing.T) {
	bot := &parrot{answered: make(map[string]bool)}
	webhook := httptest.NewServer(bot)
	defer webhook.Close()
	clock := fakewa.StillClock(fixed())
	platform, err := fakewa.NewPlatform(fakewa.Config{WebhookURL: webhook.URL, Clock: clock, Redeliver: time.Hour, Parallel: 8})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(control.Handler(platform))
	defer api.Close()
	defer platform.Close()
	bot.api = api.URL
	s := platform.First()
	for _, f := range []fakewa.Fault{
		{Endpoint: "messages", Every: 5, Code: 131016},
		{Endpoint: "messages", Every: 7, Lost: true},
		{Endpoint: "messages", Every: 11, Code: 429},
		{Endpoint: "webhook", Every: 4, Duplicate: true},
		{Endpoint: "webhook", Every: 6, Lost: true},
	} {
		s.Inject(f)
	}
	const users, each = 64, 4
	var talking sync.WaitGroup
	for user := range users {
		talking.Go(func() {
			path := fmt.Sprintf("%s/_fakewa/users/%d/messages", api.URL, 1000+user)
			for n := range each {
				resp, err := http.Post(path, "application/json", strings.NewReader(fmt.Sprintf(`{"type":"text","text":{"body":"%d"}}`, n)))
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusCreated {
					t.Errorf("user %d: got %d", user, resp.StatusCode)
				}
			}
		})
	}
	talking.Wait()
	if err := clock.Advance(t.Context(), 2*time.Hour); err != nil { // lost webhooks are redelivered
		t.Fatal(err)
	}
	statuses := make(map[string]bool) // that the bot took
	for _, d := range s.Deliveries() {
		for _, id := range d.IDs {
			statuses[id] = statuses[id] || d.Answer.OK()
		}
	}
	for user := range users {
		complete(t, s.Conversation(fmt.Sprint(1000+user)), statuses)
	}
}

// complete checks a conversation with a parrot: each message is answered before the
// next, once, or more often if the answer of the API was lost, and all arrived.
func complete(t *testing.T, said []fakewa.Message, statuses map[string]bool) {
	t.Helper()
	var order []string
	for _, m := range said {
		if m.Status != "delivered" {
			t.Errorf("%s: %s is %s", m.User, m.ID, m.Status)
		}
		if m.Direction == fakewa.Out && (!statuses["sent "+m.ID] || !statuses["delivered "+m.ID]) {
			t.Errorf("%s: statuses of %s are missing", m.User, m.ID)
		}
		if word := fmt.Sprint(m.Direction, " ", m.Text); len(order) == 0 || order[len(order)-1] != word {
			order = append(order, word)
		}
	}
	if got := fmt.Sprint(order); got != "[in 0 out 0 in 1 out 1 in 2 out 2 in 3 out 3]" {
		t.Errorf("got %s", got)
	}
}
