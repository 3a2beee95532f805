package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdp "github.com/chromedp/cdproto/browser"

	"wappasim/internal/browser"
)

// opened opens the page of a world with the bot in which Ana has written.
func opened(t *testing.T) *browser.Page {
	t.Helper()
	p := browser.Open(t, serve(t, 1)+"/")
	p.Until("the page is ready", ready)
	p.Fill("Name or number", "Ana", ".adding")
	p.Press("Add", ".adding")
	p.Fill("Message", "buy milk", phone("Ana"))
	p.Press("Send", phone("Ana"))
	p.Sees("Message #1 stored", phone("Ana"))
	return p
}

// TestSaveAndGoBack saves a talk as files, goes back to one of its steps, and begins anew.
func TestSaveAndGoBack(t *testing.T) {
	p := opened(t)
	folder := t.TempDir()
	browser.Call(p, cdp.SetDownloadBehavior, cdp.SetDownloadBehaviorParams{Behavior: cdp.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder})
	p.Fill("Message", "and bread", phone("Ana"))
	p.Press("Send", phone("Ana"))
	p.Sees("Message #2 stored", phone("Ana"))
	p.Press("Keep")
	for _, kept := range []struct{ press, file, has string }{
		{"Scenario (.feature)", "talk.feature", `When Ana says "and bread"`},
		{"Recording (one HTML file)", "talk.html", "and bread"},
		{"Go test", "talk_test.go", `w.Say("Ana", "and bread")`},
	} {
		p.Press(kept.press, ".keep")
		p.Sees(kept.file+" is saved.", "#toasts")
		text := saved(t, filepath.Join(folder, kept.file))
		if !strings.Contains(text, kept.has) {
			t.Errorf("%s has no %q: %.500s", kept.file, kept.has, text)
		}
	}

	p.Press("Go on from step 2", ".keep")
	p.Sees("What came after it is lost", "#toasts")
	p.Sees("and bread", phone("Ana"))
	p.Press("Go on from step 2", ".keep")
	p.SeesNo("and bread", phone("Ana"))
	p.Sees("Message #1 stored", phone("Ana"))
	p.SeesNo("and bread", ".keep")
	p.Fill("Message", "and jam", phone("Ana"))
	p.Press("Send", phone("Ana"))
	p.Sees("Message #2 stored", phone("Ana"))
	p.Press("Begin anew", ".keep")
	p.Sees("This talk is lost", "#toasts")
	p.Press("Begin anew", ".keep")
	p.Sees("no messages yet", phone("Ana"))
	p.Sees("there is Ana", ".keep")
	p.SeesNo("buy milk", ".keep")
}

// saved returns what the browser writes into a file.
func saved(t *testing.T, path string) string {
	t.Helper()
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(20 * time.Millisecond) {
		// The browser gives a file its name when all of it is there.
		if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
			return string(text)
		}
	}
	t.Fatalf("there is no %s", path)
	return ""
}

// TestRunAndPause lets time run as on the wall, until it is paused.
func TestRunAndPause(t *testing.T) {
	p := opened(t)
	p.Sees("stands still", ".clock")
	p.Press("Let time run as on the wall")
	p.Sees("runs as on the wall", ".clock")
	p.Until("a second has passed", `document.querySelector(".clock .hour").textContent >= "09:00:01"`)
	p.Press("Pause time")
	p.Sees("stands still", ".clock")
	const now = `fetch("/_sim/time").then((r) => r.json()).then((time) => time.now)`
	at := browser.Value[string](p, now)
	time.Sleep(300 * time.Millisecond) // thrice as long as time takes to move
	if later := browser.Value[string](p, now); later != at {
		t.Errorf("it was %s when time was paused, and is %s", at, later)
	}
}

// TestNothingIsDue asks for the next event when there is none: the page says so, and no time passes.
func TestNothingIsDue(t *testing.T) {
	p := opened(t)
	p.Sees("timer in", phone("Ana"))
	p.Press("Move the clock by 15 seconds")
	p.Sees("Message History", phone("Ana"))
	p.SeesNo("timer in", phone("Ana")) // a key with her number is still there, of whose end nobody is told
	p.Press("Move the clock by 24 hours")
	p.Sees("2026-01-06", ".clock")
	p.Press("Move the clock to the next event")
	p.Sees("nothing is due within 1 day", "#toasts")
	p.Sees("2026-01-06 09:00:15", ".clock")
}
