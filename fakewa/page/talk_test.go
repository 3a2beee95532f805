package page_test

import (
	"strings"
	"testing"

	"wappasim/internal/browser"
)

// TestTalk writes as one person and then as another, who is added, and looks at phones and
// the time line.
func TestTalk(t *testing.T) {
	s := start(t)
	p := s.open()
	p.Sees("no window: only templates reach this phone", ana)
	p.Fill("Message", "hello", ana)
	p.Press("Send", ana)
	p.Sees("you said hello", ana)
	p.Sees("window open for 24 h", ana)
	p.Press("Add a person")
	p.Fill("Number", "+44 20 7946 0958", ".adding")
	p.Fill("Name", "Carla", ".adding")
	p.Press("Add", ".adding")
	carla := `.person:has([aria-label="Messages on the phone of Carla"])`
	p.Fill("Message", "good morning", carla)
	p.Press("Send", carla)
	p.Sees("you said good morning", carla)
	p.SeesNo("good morning", ana)
	p.Sees("says hello → webhook 200", "event-list")
	p.Sees("Carla says good morning", "event-list")
	p.Sees("“you said good morning” ✓✓", "event-list")

	p.Choose("Person", "Carla")
	p.SeesNo("says hello", "event-list")
	p.Press("good morning", "event-list")
	p.Sees("Carla says", ".inspector")
	p.Press("bot answers messages", ".inspector")
	p.Sees("Webhook messages: 200", ".inspector")
	p.Sees("signature sha256=", ".inspector")
	p.Sees(`{"entry":[{"changes":[{"field":"messages"`, ".inspector")
	p.Press("Redeliver", ".inspector")
	p.Sees("The bot answered with 200.")
	p.Sees("you said good morning 09:00:00 ✓✓ ⌄ the bot: you said good morning", carla) // a bot that answers twice
}

// TestWindowCloses moves the clock by a day: the bot's answer fails, and the phone says why.
func TestWindowCloses(t *testing.T) {
	s := start(t)
	p := s.open()
	p.Fill("Message", "hello", ana)
	p.Press("Send", ana)
	p.Sees("you said hello", ana)
	p.Press("Move the clock by 24 hours")
	p.Press("Move the clock by 1 second")
	p.Sees("2026-01-06", ".clock")
	p.Sees("09:00:01", ".clock")
	p.Sees("window closed: only templates arrive", ana)
	if status := s.send(map[string]any{"to": "16505551234", "type": "text", "text": map[string]string{"body": "are you there?"}}); status != 200 {
		t.Fatalf("the bot got %d", status)
	}
	p.Sees("131047: Last message from +16505551234 was 24h0m1s ago", ana)
	p.Press("Failed and faults only")
	p.Sees("are you there?", "event-list")
	p.SeesNo("says hello", "event-list")
}

// TestChoices taps buttons and rows, reacts, replies, sends a picture and switches the phone off.
func TestChoices(t *testing.T) {
	s := start(t)
	p := s.open()
	s.answer = func(from, _ string) {
		s.send(map[string]any{"to": from, "type": "interactive", "interactive": map[string]any{
			"type": "button", "body": map[string]string{"text": "Do you like it?"}, "footer": map[string]string{"text": "Be honest"},
			"action": map[string]any{"buttons": []any{
				map[string]any{"type": "reply", "reply": map[string]string{"id": "y", "title": "Yes"}},
				map[string]any{"type": "reply", "reply": map[string]string{"id": "n", "title": "No"}},
			}},
		}})
	}
	p.Fill("Message", "ask me", ana)
	p.Press("Send", ana)
	p.Sees("Do you like it? Be honest", ana)
	p.Press("React or reply to Do you like it?", ana)
	p.Press("React with 👍", ana)
	p.Until("the reaction is on the message", `document.querySelector("`+strings.ReplaceAll(ana, `"`, `\"`)+` .theirs .reacted")?.textContent === "👍"`)
	p.Press("React or reply to Do you like it?", ana)
	p.Press("Reply", ana)
	p.Sees("Reply to: Do you like it?", ana)
	p.Fill("Message", "let me think", ana)
	p.Press("Send", ana)
	p.Until("the reply quotes it", `[...document.querySelectorAll(".mine .quote")].some((q) => q.textContent === "Do you like it?")`)
	p.Press("Yes", ana)
	p.Sees("tapped Yes", ana)
	if !s.got(`"button_reply":{"id":"y","title":"Yes"}`) {
		t.Error("the bot got no tap of Yes")
	}
	p.Press("Send something else", ana)
	p.Press("Photo", ana)
	p.Until("the photo is seen", `[...document.querySelectorAll(".mine img.media")].some((i) => i.naturalWidth === 320)`)
	p.Press("Send something else", ana)
	p.Press("Location", ana+" .more")
	p.Press("Send location", ana)
	p.Sees("Plaza de Armas", ana)
	p.Press("Menu of Test User", ana)
	p.Press("Phone is off", ana)
	p.Sees("phone off", ana)
	s.send(map[string]any{"to": "16505551234", "type": "text", "text": map[string]string{"body": "wake up"}})
	p.Until("one tick", `[...document.querySelectorAll(".theirs")].some((m) => m.innerText.includes("wake up") && m.querySelector(".ticks.sent"))`)
	if off := browser.Value[bool](p, `fetch("/_fakewa/users/16505551234").then((r) => r.json()).then((profile) => profile.silent)`); !off {
		t.Error("the fake does not know that the phone is off")
	}
}
