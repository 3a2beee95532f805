package page_test

import (
	"testing"

	"wappasim/internal/browser"
)

// TestOrderOfTwoStreams has a world and its WhatsApp tell of two talks that take no time, of a key
// that expires and of a status: whatever comes first, all of it ends in the same order.
func TestOrderOfTwoStreams(t *testing.T) {
	p := start(t).open()
	const told = `async (turns) => {
		const { Order } = await import("/_page/world/order.js");
		const message = (n, at, kind, id, data = {}) => ({ n, at, kind, ids: id ? [id] : [], data });
		const fake = [
			message(2, "2026-01-05T09:00:00Z", "message", "wamid.A"), message(3, "2026-01-05T09:00:00Z", "webhook", "wamid.A"), message(4, "2026-01-05T09:00:00Z", "attempt", "wamid.A"),
			message(5, "2026-01-05T09:00:00Z", "status", "wamid.A"), message(6, "2026-01-05T09:00:00Z", "message", "wamid.a"), message(7, "2026-01-05T09:00:00Z", "request", "wamid.a", { id: "wamid.a" }),
			message(8, "2026-01-05T09:00:00Z", "request", "", { status: 400, error: { code: 100 } }),
			message(9, "2026-01-05T09:00:00Z", "message", "wamid.B"), message(10, "2026-01-05T09:00:00Z", "webhook", "wamid.B"), message(11, "2026-01-05T09:00:00Z", "attempt", "wamid.B"),
			message(12, "2026-01-05T09:00:00.31Z", "status", "wamid.a"), message(13, "2026-01-05T09:00:15Z", "profile", ""),
		];
		const mark = (n, at, what, to, ...ids) => ({ n, at, what, to, ids });
		const redis = (n, at, what = "commands") => ({ n, at, what, to: "redis" });
		const own = [
			redis(1, "2026-01-05T09:00:00Z", "starts"), mark(2, "2026-01-05T09:00:00Z", "says", "whatsapp", "wamid.A"), mark(3, "2026-01-05T09:00:00Z", "delivers", "bot 1", "wamid.A"), redis(4, "2026-01-05T09:00:00Z"),
			mark(5, "2026-01-05T09:00:00Z", "answers", "whatsapp", "wamid.A"), mark(6, "2026-01-05T09:00:00Z", "calls", "+15550000001", "wamid.a"), redis(7, "2026-01-05T09:00:00Z"),
			{ ...mark(8, "2026-01-05T09:00:00Z", "calls", "+15550000001"), status: 400, code: 100 }, redis(9, "2026-01-05T09:00:00Z"),
			mark(10, "2026-01-05T09:00:00Z", "says", "whatsapp", "wamid.B"), mark(11, "2026-01-05T09:00:00Z", "delivers", "bot 1", "wamid.B"), redis(12, "2026-01-05T09:00:00Z"),
			mark(13, "2026-01-05T09:00:00Z", "answers", "whatsapp", "wamid.B"), redis(14, "2026-01-05T09:00:00.310653675Z", "expires"), mark(15, "2026-01-05T09:00:15Z", "acts", ""),
		];
		let given = [];
		let taken = 0;
		const order = new Order((event) => (taken++, given.push(event)), (all) => (given = all));
		order.begin({ n: 0, at: "2026-01-05T09:00:00Z", kind: "begin", data: {} });
		for (const turn of turns.split(" ")) {
			if (turn === "wait") await new Promise((soon) => setTimeout(soon, 300));
			if (turn === "now") order.until("2026-01-05T09:00:15Z", 15);
			if (turn === "then") order.until("2026-01-05T09:00:00Z", own.length ? own[0].n + 8 : 15);
			const [, from, count] = /^([fo])(\d+)$/.exec(turn) ?? [];
			for (let n = 0; n < (count ?? 0); n++) from === "f" ? order.fake(fake.shift()) : order.own(own.shift());
		}
		for (const since = performance.now(); given.length < 19 && performance.now() - since < 20000; ) await new Promise((soon) => setTimeout(soon, 20));
		return given.map(({ n }) => n).join(" ") + "; " + taken + " taken";
	}`
	const want = "0 world 1 2 3 world 4 4 5 6 7 world 7 8 world 9 9 10 world 12 11 12 world 14 13; 19 taken"
	for what, turns := range map[string]string{
		"at once":                  "now f12 o15",
		"the world first":          "now o15 f12",
		"the world far ahead":      "now o15 wait f12",
		"WhatsApp far ahead":       "f12 wait now o15",
		"WhatsApp before a call":   "now o1 wait f7 wait o8 wait f2 wait o6 f3",
		"the clock stands":         "then o9 f7 then wait f3 wait o4 now o2 f2",
		"each waits for the other": "now f1 wait o1 wait f1 wait o2 wait f5 wait o5 wait f5 wait o7",
		"the world in two parts":   "now o6 wait f3 wait o9 f9",
	} {
		if got := browser.Value[string](p, "("+told+")("+`"`+turns+`")`); got != want {
			t.Errorf("%s (%s): got\n%s, want\n%s", what, turns, got, want)
		}
	}
}
