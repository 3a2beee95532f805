package page_test

import (
	"fmt"
	"testing"

	"wappasim/fakewa"
	"wappasim/internal/browser"
)

// scrolled scrolls what a selector chooses from its end towards its beginning for two seconds,
// and returns how many frames the browser drew in one.
const scrolled = `new Promise((told) => {
	const place = document.querySelector(%q);
	place.scrollTop = place.scrollHeight;
	const began = performance.now();
	let frames = 0;
	const draw = () => {
		frames++;
		place.scrollTop -= 220;
		if (place.scrollTop <= 0) place.scrollTop = place.scrollHeight;
		const passed = performance.now() - began;
		if (passed < 2000) requestAnimationFrame(draw);
		else told((frames * 1000) / passed);
	};
	requestAnimationFrame(draw);
})`

// many opens a page with a conversation of n messages.
func many(tb testing.TB, n int) *browser.Page {
	s := start(tb, func(cfg *fakewa.Config) { cfg.WebhookURL, cfg.Limit = "", 10*n })
	user := s.platform.First().Phone("+16505551234")
	for i := range n {
		if _, err := user.Say(tb.Context(), fmt.Sprintf("message %d", i)); err != nil && i == 0 {
			tb.Log(err) // there is no webhook, for which the test need not wait
		}
	}
	p := s.open()
	p.Sees(fmt.Sprintf("message %d", n-1), ana)
	return p
}

// BenchmarkScroll scrolls a conversation of 10,000 messages and their time line. It is no test:
// how many frames there are depends on the machine.
func BenchmarkScroll(b *testing.B) {
	p := many(b, 10000)
	for name, place := range map[string]string{"phone": ".person .screen", "line": ".line .rows"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(browser.Value[float64](p, fmt.Sprintf(scrolled, place)), "frames/s")
			}
			b.ReportMetric(browser.Value[float64](p, `document.querySelectorAll("*").length`), "elements")
		})
	}
}

// TestManyMessages has more messages than are drawn at once: older ones come when somebody
// scrolls up, and few elements are in the page.
func TestManyMessages(t *testing.T) {
	p := many(t, 600)
	if drawn := browser.Value[int](p, `document.querySelectorAll(".person .bubble").length`); drawn > 150 {
		t.Errorf("%d messages are drawn", drawn)
	}
	if drawn := browser.Value[int](p, `document.querySelectorAll("event-list .row").length`); drawn == 0 || drawn > 80 {
		t.Errorf("%d rows are drawn", drawn)
	}
	p.Until("older messages come", `(() => {
		document.querySelector(".person .screen").scrollTop = 0;
		return [...document.querySelectorAll(".person .words")].some((w) => w.textContent === "message 400");
	})()`)
}
