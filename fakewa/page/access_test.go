package page_test

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wappasim/internal/browser"
)

//go:embed testdata/access.js
var access string

var tabs = []string{"Time line", "Requests", "Faults", "Templates", "Webhooks", "Report card"}

// shown opens a page on which there is something of everything: messages of both sides, one
// that failed, choices, a fault, and the inspector.
func shown(t *testing.T) *browser.Page {
	t.Helper()
	s := start(t)
	s.answer = func(from, _ string) {
		s.send(map[string]any{"to": from, "type": "interactive", "interactive": map[string]any{
			"type": "button", "header": map[string]string{"type": "text", "text": "A question"}, "body": map[string]string{"text": "Do you like it?"}, "footer": map[string]string{"text": "Be honest"},
			"action": map[string]any{"buttons": []any{map[string]any{"type": "reply", "reply": map[string]string{"id": "y", "title": "Yes"}}}},
		}})
	}
	p := s.open()
	p.Fill("Message", "hello", ana)
	p.Press("Send", ana)
	p.Sees("Do you like it?", ana)
	p.Press("Yes", ana)
	p.Sees("tapped Yes", ana)
	s.send(map[string]any{"to": "16505551235", "type": "text", "text": map[string]string{"body": "outside of any window"}})
	p.Sees("131047", ben)
	s.send(map[string]any{"to": "16505551235", "type": "nothing"})
	p.Press("Faults")
	p.Press("Let it begin")
	p.Sees("131016", "#bar")
	p.Press("Time line")
	p.Press("says hello", "event-list")
	p.Sees("says", ".inspector h2")
	if !browser.Value[bool](p, access) {
		t.Fatal("the script of the test")
	}
	return p
}

// asked returns what the test's script finds wrong.
func asked(p *browser.Page, what string) []string {
	return browser.Value[[]string](p, "access."+what+"()")
}

// TestAccess looks in every panel, light and dark, wide and narrow, for controls without a name,
// words with too little contrast, and what does not fit into 320 pixels.
func TestAccess(t *testing.T) {
	p := shown(t)
	for _, tab := range tabs {
		p.Press(tab)
		for _, open := range map[string][]string{"Templates": {"New template"}}[tab] {
			p.Press(open)
		}
		for _, width := range []int64{1280, 320} {
			p.Resize(width, 800)
			for _, dark := range []bool{false, true} {
				p.Dark(dark)
				for _, what := range []string{"unnamed", "faint", "wide", "small"} {
					if found := asked(p, what); len(found) > 0 {
						t.Errorf("%s, %d pixels, dark: %v: %s:\n%s", tab, width, dark, what, strings.Join(found, "\n"))
					}
				}
			}
		}
		p.Resize(1280, 800)
	}
	p.Press("Send something else", ana)
	p.Press("Location", ana+" .more")
	p.Press("Menu of Test User", ben)
	p.Press("Add a person")
	for _, dark := range []bool{false, true} {
		p.Dark(dark)
		for _, what := range []string{"unnamed", "faint"} {
			if found := asked(p, what); len(found) > 0 {
				t.Errorf("menus, dark: %v: %s:\n%s", dark, what, strings.Join(found, "\n"))
			}
		}
	}
}

// TestKeyboard goes through the page by the keyboard alone: the order of what has the focus is
// that of the page, and tabs, the time line and the composer do what their keys say.
func TestKeyboard(t *testing.T) {
	p := start(t).open()
	for _, who := range []string{ana, ben} { // names come after numbers
		p.Sees("Test User", who)
	}
	var order []string
	for range 40 {
		p.Do(chromedp.KeyEvent(kb.Tab))
		order = append(order, browser.Value[string](p, `(() => { const e = document.activeElement; return e.getAttribute("aria-label") ?? e.innerText; })()`))
	}
	at := -1
	for _, name := range []string{"Skip to the phones", "Move the clock by 1 second", "Messages on the phone of Test User", "Send something else", "Message", "Add a person", "Time line", "Events"} {
		next := slices.Index(order, name)
		if next <= at {
			t.Errorf("%q is number %d of what has the focus, after %d: %q", name, next, at, order)
		}
		at = next
	}
	p.Do(chromedp.Focus(ana+" textarea"), chromedp.KeyEvent("by hand"+kb.Enter))
	p.Sees("you said by hand", ana)
	p.Do(chromedp.Focus("[role=tab][aria-selected=true]"), chromedp.KeyEvent(kb.ArrowRight))
	p.Sees("1 call", ".requests")
	p.Do(chromedp.KeyEvent(kb.ArrowLeft), chromedp.Focus(`.line [role=listbox]`), chromedp.KeyEvent(kb.ArrowDown+kb.ArrowDown))
	p.Sees("says", ".inspector h2")
	if chosen := browser.Value[string](p, `document.getElementById(document.querySelector(".line [role=listbox]").getAttribute("aria-activedescendant")).innerText`); !strings.Contains(chosen, "by hand") {
		t.Errorf("chosen is %q", chosen)
	}
}
