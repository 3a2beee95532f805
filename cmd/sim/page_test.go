package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wappasim/bot"
	"wappasim/features"
	"wappasim/internal/browser"
	"wappasim/sim/web"
)

// TestPage talks with the bot on the page of a world: two people write, time moves to the next
// event, the history comes, Redis is empty, a fault is applied, and the talk is kept as a
// scenario, which passes.
func TestPage(t *testing.T) {
	url := serve(t, 1)
	p := browser.Open(t, url+"/")
	p.Until("the page is ready", `document.body.classList.contains("ready") && document.querySelector(".pulse.open")`)

	phone := func(name string) string { return `.person:has([aria-label="Messages on the phone of ` + name + `"])` }
	p.Fill("Name or number", "Ana", ".adding")
	p.Press("Add", ".adding")
	p.Fill("Message", "buy milk", phone("Ana"))
	p.Press("Send", phone("Ana"))
	p.Sees("Welcome", phone("Ana"))
	p.Sees("timer in", phone("Ana"))
	p.Press("Add a person")
	p.Fill("Name or number", "Ben", ".adding")
	p.Press("Add", ".adding")
	p.Fill("Message", "call mum", phone("Ben"))
	p.Press("Send", phone("Ben"))
	p.Sees("Welcome", phone("Ben"))

	p.Press("Redis")
	p.Sees("wappa:user:+15550000001", ".redis")
	p.Press("Scheduled")
	p.Sees("key expires", ".scheduled")

	p.Press("Faults")
	p.Choose("Sentence", "the API answers {code} the next {n} times")
	p.Fill("code", "131016", ".faulty")
	p.Fill("n", "1", ".faulty")
	p.Sees("the API answers 131016 the next 1 times", ".faulty")
	p.Press("Let it begin")
	p.Sees("131016", "#bar")
	p.Press("Heal all faults")
	p.Sees("No faults", "#bar")

	for range 12 { // what is next may also be a status, or a key that is only for bookkeeping
		p.Press("Move the clock to the next event")
		p.Until("time has moved", `!document.querySelector(".clock [aria-busy]")`)
		if strings.Count(do(t, "GET", url+"/_fakewa/messages", ""), "Message History (1 message)") >= 2 {
			break
		}
	}
	p.Sees("Message History (1 message)", phone("Ana"))
	p.Sees("Message History (1 message)", phone("Ben"))
	p.Press("Move the clock by 1 second") // what is gone is shown until something else happens
	p.Press("Redis")
	p.SeesNo("wappa:user:", ".redis")
	p.SeesNo("EXPTRIGGER", ".redis")
	p.Press("Time line")
	p.Sees("says buy milk", "event-list")
	p.Press("Keep")
	p.Sees("Save the talk", ".keep")

	scenario := do(t, "GET", url+"/_sim/keep?as=scenario&name=talk", "")
	file := filepath.Join(t.TempDir(), "talk.feature")
	if err := os.WriteFile(file, []byte(scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if status := run([]string{"test", file}, null, out, out); status != 0 {
		said, err := os.ReadFile(out.Name())
		t.Errorf("status %d, %v: %s\n%s", status, err, said, scenario)
	}
}

// TestNextBringsTheHistory goes to the next event once: Redis tells the bot of a key a moment
// before the silence is over, and who presses the button wants to see what it says.
func TestNextBringsTheHistory(t *testing.T) {
	url := serve(t, 1)
	say(t, url, "Ana", "buy milk")
	do(t, "POST", url+"/_sim/time", `{"to":"next"}`)
	if got := do(t, "GET", url+"/_fakewa/messages", ""); !strings.Contains(got, "Message History (1 message)") {
		t.Errorf("got %s", got)
	}
}

// serve serves a world with the bot until the test ends, and returns its URL.
func serve(t *testing.T, seed uint64) (url string) {
	t.Helper()
	world, err := web.New(web.Config{Bot: features.Bot(func(cfg *bot.Config) { cfg.Silence = 15 * time.Second }), Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(world)
	t.Cleanup(func() {
		if err := world.Close(); err != nil { // it ends the streams of events
			t.Error(err)
		}
		server.Close()
	})
	return server.URL
}

// get returns what is at a URL.
// do sends a call to a world, which must take it, and returns the answer.
func do(t *testing.T, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s %s %s: %s, %v: %s", method, url, body, res.Status, err, text)
	}
	return string(text)
}
