package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
	"wappasim/fakewa/page"
	"wappasim/internal/browser"
)

var pictures = flag.String("pictures", "", "write the pictures of README into this `folder`")

// TestPictures makes the pictures of README, which must stay small.
func TestPictures(t *testing.T) {
	folder := *pictures
	if folder == "" {
		folder = t.TempDir()
	}
	take := func(p *browser.Page, name string) {
		path := filepath.Join(folder, name)
		p.Until("pictures and fonts are there", `document.fonts.status === "loaded" && [...document.images].every((i) => i.complete)`)
		p.Until("notices are gone", `(document.querySelectorAll(".toast button").forEach((b) => b.click()), document.activeElement.blur(), true)`)
		p.Picture(path)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if size := info.Size(); size < 5000 || size > 150000 {
			t.Errorf("%s has %d bytes", name, size)
		}
	}
	world(t, take)
	fake(t, take)
}

const ready = `document.body.classList.contains("ready") && document.querySelector(".pulse.open")`

func phone(name string) string {
	return `.person:has([aria-label="Messages on the phone of ` + name + `"])`
}

// world takes the picture of a world with the bot: Redis beside the phones, and a fault.
func world(t *testing.T, take func(*browser.Page, string)) {
	url := serve(t, 1)
	p := browser.Open(t, url+"/")
	p.Resize(1080, 600)
	p.Until("the page is ready", ready)
	for i, who := range []string{"Ana", "Ben"} {
		if i > 0 {
			p.Press("Add a person")
		}
		p.Fill("Name or number", who, ".adding")
		p.Press("Add", ".adding")
	}
	say := func(who, words, answer string) {
		p.Fill("Message", words, phone(who))
		p.Press("Send", phone(who))
		p.Sees(answer, phone(who))
	}
	say("Ana", "Buy milk", "Message #1 stored")
	p.Press("Move the clock by 15 seconds")
	p.Sees("Message History", phone("Ana"))
	say("Ana", "and two lemons", "and two lemons")
	say("Ben", "The train leaves at 8:10", "Message #1 stored")
	p.Press("Move the clock by 1 second")
	p.Press("Faults")
	p.Choose("Sentence", "the API answers {code} the next {n} times")
	p.Press("Let it begin")
	p.Press("Redis")
	p.Sees("wappa:user", ".redis")
	take(p, "world.png")
}

// fake takes the pictures of the fake alone, dark: the inspector tells why a call was refused.
func fake(t *testing.T, take func(*browser.Page, string)) {
	asks := &asking{}
	platform, err := fakewa.NewPlatform(fakewa.Config{Webhook: asks, Clock: fakewa.StillClock(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)), Seed: 1, Name: "Corner shop"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(platform.Close)
	asks.graph, asks.number = platform.First().Client(), platform.First().Config().PhoneNumberID
	api, seen := control.Handler(platform), page.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page.Serves(r) {
			seen.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	for number, name := range map[string]string{"+16505551234": "Ana", "+16505551235": "Ben"} {
		person := platform.First().Phone(number)
		profile := person.Profile()
		profile.Name = name
		person.SetProfile(profile)
	}
	p := browser.Open(t, server.URL+"/")
	p.Dark(true)
	p.Resize(1080, 600)
	p.Until("the page is ready", ready)
	p.Sees("Ana", "h2")
	for _, who := range []string{"Ana", "Ben"} {
		p.Fill("Message", "What is in today?", phone(who))
		p.Press("Send", phone(who))
		p.Sees("Shall we keep some for you?", phone(who))
	}
	p.Press("Yes, a kilo", phone("Ana"))
	p.Sees("tapped", phone("Ana"))
	p.Press("Send something else", phone("Ben"))
	p.Press("Photo", phone("Ben"))
	p.Until("the photo is seen", `[...document.querySelectorAll(".mine img.media")].some((i) => i.naturalWidth === 320)`)
	p.Press("says [photo]", "event-list")
	p.Press("/messages → 400", ".inspector")
	p.Sees("why", ".inspector")
	take(p, "fake.png")
	p.Resize(360, 720)
	take(p, "narrow.png")
}

// asking is a bot that offers what a shop has, and sends a key too much when it gets a photo.
type asking struct {
	graph  *http.Client
	number string
}

func (a *asking) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct{ Messages []struct{ From, Type string } }
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&hook); err != nil || len(hook.Entry) == 0 {
		return
	}
	for _, m := range hook.Entry[0].Changes[0].Value.Messages {
		message := map[string]any{"messaging_product": "whatsapp", "to": m.From, "type": "text", "text": map[string]any{"body": "They are yours."}}
		switch m.Type {
		case "text":
			choice := func(id, title string) map[string]any {
				return map[string]any{"type": "reply", "reply": map[string]string{"id": id, "title": title}}
			}
			message["type"], message["interactive"] = "interactive", map[string]any{
				"type": "button", "header": map[string]string{"type": "text", "text": "🍋 Lemons from Sicily"}, "body": map[string]string{"text": "Shall we keep some for you?"},
				"footer": map[string]string{"text": "until six o'clock"}, "action": map[string]any{"buttons": []any{choice("kilo", "Yes, a kilo"), choice("no", "Not today")}},
			}
			delete(message, "text")
		case "image":
			message["text"] = map[string]any{"body": "A fine picture!", "previewUrl": true}
		}
		body, err := json.Marshal(message)
		if err != nil {
			panic(err) // it has texts only
		}
		req, err := http.NewRequestWithContext(r.Context(), "POST", "https://graph.facebook.com/v23.0/"+a.number+"/messages", bytes.NewReader(body))
		if err != nil {
			return
		}
		req.Header.Set("Authorization", "Bearer any")
		req.Header.Set("Content-Type", "application/json")
		if res, err := a.graph.Do(req); err == nil {
			res.Body.Close()
		}
	}
}
