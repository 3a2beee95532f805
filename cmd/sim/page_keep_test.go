package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"

	"wappasim/internal/browser"
)

// TestPageGoesBack lets time run and stand still, sends a place and a voice note, goes back to
// before them, and saves what is left, by the buttons of the page.
func TestPageGoesBack(t *testing.T) {
	url := serve(t, 0)
	p := browser.Open(t, url+"/")
	folder := t.TempDir()
	browser.Call(p, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: folder})
	p.Until("the page is ready", ready)
	p.Fill("Name or number", "Ana", ".adding")
	p.Press("Add", ".adding")
	p.Fill("Message", "buy milk", phone("Ana"))
	p.Press("Send", phone("Ana"))
	p.Sees("Welcome", phone("Ana"))

	p.Press("Let time run as on the wall")
	p.Sees("runs as on the wall", "#bar")
	p.Until("time runs", `document.querySelector(".hour").textContent > "09:00:01"`)
	p.Press("Pause time")
	p.Sees("stands still", "#bar")

	p.Press("Send something else", phone("Ana"))
	p.Press("Location", phone("Ana"))
	p.Press("Send location", phone("Ana"))
	p.Sees("Plaza de Armas", phone("Ana"))
	p.Press("Send something else", phone("Ana"))
	p.Press("Voice note", phone("Ana"))
	p.Sees("voice", phone("Ana"))

	p.Press("Keep")
	p.Press("Go on from step 2", ".keep")
	p.SeesNo("Plaza de Armas", phone("Ana"))
	p.Sees("buy milk", phone("Ana"))
	p.Sees("09:00:00", "#bar")
	for name, words := range map[string]string{"Scenario (.feature)": `When Ana says "buy milk"`, "Recording (one HTML file)": "buy milk", "Go test": `w.Say("Ana", "buy milk")`} {
		p.Press(name)
		file := map[string]string{"Scenario (.feature)": "talk.feature", "Recording (one HTML file)": "talk.html", "Go test": "talk_test.go"}[name]
		p.Sees(file + " is saved.")
		var text []byte
		var err error
		for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(20 * time.Millisecond) {
			if text, err = os.ReadFile(filepath.Join(folder, file)); err == nil && len(text) > 0 {
				break
			}
		}
		if err != nil || !strings.Contains(string(text), words) || strings.Contains(string(text), "Plaza de Armas") {
			t.Errorf("%s: %v, %s", file, err, text)
		}
	}
}
