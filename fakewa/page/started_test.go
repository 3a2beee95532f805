package page_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
	"wappasim/fakewa/page"
	"wappasim/internal/browser"
)

// started is a fake with the page and a bot, each on a port of its own.
type started struct {
	t        testing.TB
	platform *fakewa.Platform
	url      string // of the page
	bot      string // of the webhook

	answer func(from, text string) // what the bot does with a text
	hold   func(*http.Request)     // what a call to the fake waits for; nil: nothing
	mu     sync.Mutex              // guards bodies
	bodies [][]byte                // of the webhooks that the bot has got
}

// start starts a fake whose clock stands still at 2026-01-05 09:00. The bot says "you said"
// and what it was told.
func start(t testing.TB, settings ...func(*fakewa.Config)) *started {
	s := &started{t: t}
	s.answer = func(from, text string) {
		s.send(map[string]any{"to": from, "type": "text", "text": map[string]string{"body": "you said " + text}})
	}
	bot := httptest.NewServer(http.HandlerFunc(s.webhook))
	t.Cleanup(bot.Close)
	s.bot = bot.URL + "/webhook"
	front := httptest.NewUnstartedServer(nil)
	cfg := fakewa.Config{WebhookURL: s.bot, BaseURL: "http://" + front.Listener.Addr().String(), Clock: fakewa.StillClock(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)), Seed: 7}
	for _, set := range settings {
		set(&cfg)
	}
	platform, err := fakewa.NewPlatform(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(platform.Close)
	s.platform = platform
	api, seen := control.Handler(platform), page.Handler()
	front.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page.Serves(r) {
			seen.ServeHTTP(w, r)
			return
		}
		if s.hold != nil {
			s.hold(r)
		}
		api.ServeHTTP(w, r)
	})
	front.Start()
	t.Cleanup(func() {
		front.CloseClientConnections() // streams of events have no end
		front.Close()
	})
	s.url = front.URL
	return s
}

// webhook answers at once, and then what the message says.
func (s *started) webhook(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	s.bodies = append(s.bodies, body.Bytes())
	s.mu.Unlock()
	w.Header().Set("Content-Length", "0")
	if err := http.NewResponseController(w).Flush(); err != nil { // WhatsApp does not wait for what follows
		s.t.Error(err)
	}
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From string
						Text struct{ Body string }
						Type string
					}
				}
			}
		}
	}
	if err := json.Unmarshal(body.Bytes(), &hook); err != nil {
		return // a raw webhook of any value
	}
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, message := range change.Value.Messages {
				if message.Type == "text" {
					s.answer(message.From, message.Text.Body)
				}
			}
		}
	}
}

// send has the bot send a message, and returns the status of the answer.
func (s *started) send(message map[string]any) int {
	message["messaging_product"] = "whatsapp"
	body, err := json.Marshal(message)
	if err != nil {
		s.t.Error(err)
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", fmt.Sprintf("%s/v23.0/%s/messages", s.url, s.platform.First().Config().PhoneNumberID), bytes.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return 0
	}
	r.Header.Set("Authorization", "Bearer any")
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Error(err)
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

// got says whether the bot has got a webhook with these bytes in it.
func (s *started) got(words string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, body := range s.bodies {
		if strings.Contains(string(body), words) {
			return true
		}
	}
	return false
}

// open opens the page.
func (s *started) open() *browser.Page {
	p := browser.Open(s.t, s.url+"/")
	p.Until("the page is ready", `document.body.classList.contains("ready") && document.querySelector(".pulse.open")`)
	return p
}

const (
	ana = `.person:has([aria-label="Messages on the phone of Test User"]):first-child`
	ben = `.person:nth-child(2)`
)
