package recording_test

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// unnamed are the elements that can be used but have no name for who does not see them.
const unnamed = `[...document.querySelectorAll("button, select, input, [tabindex='0'], [role]")].filter((element) =>
	!(element.getAttribute("aria-label") || element.labels?.[0]?.textContent || element.textContent.trim())).map((element) => element.outerHTML.slice(0, 80))`

// faint are the words on the page with less contrast than 4.5 to what is behind them.
const faint = `(() => {
	const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
	const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const found = new Set();
	for (const element of document.querySelectorAll("body *")) {
		if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !element.checkVisibility() || element.closest("script, noscript, .unseen")) continue;
		let behind = element;
		while (behind && (parts(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
		const [a, b] = [light(parts(getComputedStyle(element).color)), light(parts(getComputedStyle(behind ?? document.documentElement).backgroundColor))];
		const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (contrast < 4.5) found.add(element.tagName + "." + element.className + " " + contrast.toFixed(2));
	}
	return [...found];
})()`

// TestEverybodyCanUseIt looks for names, contrast in light and dark, the order in which the tab
// key goes through the page, and for a window of 320.
func TestEverybodyCanUseIt(t *testing.T) {
	_, file := failed(t)
	b := open(t, file, 1200)
	if found := ask[[]string](b, unnamed); len(found) > 0 {
		t.Errorf("without a name: %q", found)
	}
	for _, scheme := range []string{"light", "dark"} {
		b.prefer(scheme)
		if found := ask[[]string](b, faint); len(found) > 0 {
			t.Errorf("%s: %q", scheme, found)
		}
		b.shoot(scheme)
	}
	grounds := []string{ask[string](b, "getComputedStyle(document.documentElement).backgroundColor")}
	for range 2 { // against the system, which is dark: dark, then light
		ask[any](b, "document.querySelector('.title button').click()")
		grounds = append(grounds, ask[string](b, "getComputedStyle(document.documentElement).backgroundColor"))
	}
	if grounds[0] != grounds[1] || grounds[1] == grounds[2] {
		t.Errorf("the button for light and dark makes the ground %q", grounds)
	}

	var order []string
	for range 60 {
		b.press(kb.Tab)
		part := ask[string](b, `document.activeElement.closest(".top, .scrub, .phones, .redis-panel, .events, .event")?.className.replace("panel ", "") ?? ""`)
		if len(order) == 0 || order[len(order)-1] != part {
			order = append(order, part)
		}
		if part == "event" {
			break
		}
	}
	if want := []string{"top", "scrub", "phones", "redis-panel", "events", "event"}; !slices.Equal(order, want) {
		t.Errorf("the tab key goes through %q", order)
	}
	if text := ask[string](b, "document.querySelector('input[type=range]').getAttribute('aria-valuetext')"); len(text) < 20 {
		t.Errorf("the slider says %q", text)
	}
	b.end()
}

// TestItFitsANarrowWindow has no part that is wider than a window of 320.
func TestItFitsANarrowWindow(t *testing.T) {
	_, file := failed(t)
	b := open(t, file, 320)
	if wide := ask[int](b, "document.documentElement.scrollWidth"); wide > 320 {
		t.Errorf("the page is %d wide", wide)
	}
	if hidden := ask[[]string](b, `["chat-phone", "event-list .rows", "key-list", "event-inspector"].filter((name) => {
		const { width, height } = document.querySelector(name).getBoundingClientRect();
		return width < 200 || height < 60;
	})`); len(hidden) > 0 {
		t.Errorf("no room for %q", hidden)
	}
	b.shoot("w320")
	b.end()
}
