package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/internal/browser"
)

// TestRefusedCall has the bot make a call that Meta refuses: the page says why.
func TestRefusedCall(t *testing.T) {
	s := start(t)
	p := s.open()
	if status := s.send(map[string]any{"to": "16505551234", "type": "text", "text": map[string]any{"body": "hi", "previewUrl": true}}); status != 400 {
		t.Fatalf("the bot got %d", status)
	}
	p.Press("Requests")
	p.Press("Refused only", ".requests")
	p.Sees("1 call", ".requests")
	p.Press("POST /messages", ".requests")
	p.Sees("POST /messages → 400", ".inspector")
	p.Sees("text.previewUrl is a key that the API does not know", ".inspector")
	p.Sees(`"previewUrl":true`, ".inspector")
	p.Press("Copy as curl", ".inspector")
	p.Sees("Copied", ".inspector")
}

// TestTemplate makes a template on the page, which the bot sends; paused, it is refused.
func TestTemplate(t *testing.T) {
	s := start(t)
	p := s.open()
	p.Press("Templates")
	p.Press("New template")
	p.Fill("Name", "order_ready", ".templates form")
	p.Fill("Body", "Order {{1}} is ready.", ".templates")
	p.Fill("Quick replies", "On my way, Tomorrow", ".templates")
	p.Press("Add it, approved")
	p.Sees("order_ready en · utility approved", ".templates")
	send := func() int {
		return s.send(map[string]any{"to": "16505551234", "type": "template", "template": map[string]any{
			"name": "order_ready", "language": map[string]string{"code": "en"},
			"components": []any{map[string]any{"type": "body", "parameters": []any{map[string]string{"type": "text", "text": "17"}}}},
		}})
	}
	if status := send(); status != 200 {
		t.Fatalf("the bot got %d", status)
	}
	p.Sees("template · order_ready Order 17 is ready.", ana)
	p.Press("On my way", ana)
	p.Sees("tapped On my way", ana)
	p.Press("Pause: order_ready in en")
	p.Sees("order_ready en · utility paused", ".templates")
	if status := send(); status != 400 {
		t.Errorf("the bot got %d for a paused template", status)
	}
	p.Fill("Reason of the rejection of order_ready", "INCORRECT_CATEGORY")
	p.Press("Reject: order_ready in en")
	p.Sees("order_ready en · utility rejected", ".templates")
	p.Press("Approve: order_ready in en")
	p.Sees("order_ready en · utility approved", ".templates")
}

// TestRawWebhooks sends a ready webhook and any other one.
func TestRawWebhooks(t *testing.T) {
	s := start(t)
	p := s.open()
	p.Press("Webhooks")
	p.Choose("Field", "account_update", ".webhooks")
	p.Fill("Fields of its value", `{"event":"DISABLED_UPDATE"}`, ".webhooks")
	p.Press("Send the ready webhook")
	wait(t, "the ready webhook", func() bool { return s.got(`"event":"DISABLED_UPDATE"`) })
	p.Fill("Field", "smb_message_echoes", ".webhooks form:nth-of-type(2)")
	p.Fill("Value", `{"message_echoes":`, ".webhooks")
	p.Press("Send any webhook")
	p.Sees("Value is no JSON")
	p.Fill("Value", `{"message_echoes":["é <b>"]}`, ".webhooks")
	p.Press("Send any webhook")
	wait(t, "the raw webhook", func() bool { return s.got(`"message_echoes":["\u00e9 <b>"]`) })
	p.Press("Time line")
	p.Press("smb_message_echoes", "event-list")
	p.Sees(`"message_echoes":["\u00e9 <b>"]`, ".inspector") // byte by byte
}

// TestFaults lets a fault begin, meets it, and heals it.
func TestFaults(t *testing.T) {
	s := start(t)
	p := s.open()
	p.Sees("No faults", "#bar")
	p.Press("Faults")
	p.Choose("The call", "is accepted, and the message fails with a code")
	p.Fill("Code", "131026", ".faulty")
	p.Fill("Times", "3", ".faulty")
	p.Sees("Calls to messages are accepted and fail with 131026 (3 times).", ".faulty")
	p.Press("Let it begin")
	p.Sees("calls to messages are accepted and fail with 131026 (3 times)", "#bar")
	p.Fill("Message", "hello", ana)
	p.Press("Send", ana)
	p.Until("the answer fails", fmt.Sprintf(`[...document.querySelectorAll(%q)].some((m) => m.innerText.includes("131026"))`, ".theirs"))
	p.Press("Heal all faults")
	p.Sees("No faults", "#bar")
	if faults := s.platform.First().Faults(); len(faults) != 0 {
		t.Errorf("the fake has %v", faults)
	}
	p.Fill("Message", "again", ana)
	p.Press("Send", ana)
	p.Sees("you said again 09:00:00 ✓✓", ana)
	p.Press("Time line")
	p.Sees("fault begins", "event-list")
	p.Sees("fault is over", "event-list")
}

// TestReportCard has a bot that does something wrong, and one that does nothing wrong.
func TestReportCard(t *testing.T) {
	s := start(t, func(cfg *fakewa.Config) { cfg.TakeUnknown = true })
	p := s.open()
	p.Press("Report card")
	p.Sees("Nothing is wrong so far.", ".report")
	s.send(map[string]any{"to": "16505551234", "type": "text", "text": map[string]any{"body": "hi", "previewUrl": true}})
	p.Press("Look again")
	p.SeesNo("Nothing is wrong so far.", ".report")
	p.Press("POST /v23.0", ".report")
	p.Sees("POST /messages → 200", ".inspector")
	p.Sees("unknown keys text.previewUrl", ".inspector")
}

// TestScriptsAreText has people and bots whose names and messages are scripts and markup.
func TestScriptsAreText(t *testing.T) {
	const script = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`
	s := start(t)
	s.answer = func(from, text string) {
		s.send(map[string]any{"to": from, "type": "interactive", "interactive": map[string]any{
			"type": "list", "header": map[string]string{"type": "text", "text": "<b>bold</b>"}, "body": map[string]string{"text": text}, "footer": map[string]string{"text": "<i>i</i>"},
			"action": map[string]any{"button": "<u>u</u>", "sections": []any{map[string]any{"title": "<s>", "rows": []any{map[string]string{"id": "<1>", "title": "<svg onload=1>", "description": script[:60]}}}}},
		}})
	}
	wa := s.platform.First()
	profile := wa.Phone("+16505551234").Profile()
	profile.Name = script
	wa.Phone("+16505551234").SetProfile(profile)
	p := s.open()
	p.Fill("Message", script, ".person")
	p.Press("Send", ".person")
	p.Sees(script, ".person .mine")
	p.Sees(script, ".person .theirs")
	p.Sees("<b>bold</b>", ".person .theirs")
	p.Sees("<svg onload=1>", ".person .choice")
	p.Sees(script, ".person h2")
	p.Press("says <img", "event-list")
	p.Sees("says", ".inspector h2")
	p.Press("Requests")
	p.Press("POST /messages", ".requests")
	for _, tab := range []string{"Templates", "Webhooks", "Report card", "Faults", "Time line"} {
		p.Press(tab)
	}
	if made := browser.Value[int](p, `document.querySelectorAll("img:not([src^='/_page/']), b:not(event-list b, .card b), i, u, s, svg, script:not([src])").length`); made != 0 {
		t.Errorf("%d elements were made of what people wrote", made)
	}
	if title := browser.Value[string](p, "document.title"); title != "fakewa" {
		t.Errorf("the title is %q", title)
	}
	if ran := browser.Value[bool](p, `new Promise((told) => {
		const inline = document.createElement("script");
		inline.textContent = "window.ran = true";
		document.body.append(inline);
		told(Boolean(window.ran));
	})`); ran {
		t.Error("a script of the page itself ran")
	}
	refused := strings.Join(p.Problems(), "\n")
	if !strings.Contains(refused, "Content Security Policy") || strings.Count(refused, "\n") > 0 {
		t.Errorf("the policy has refused: %s", refused)
	}
}

// TestNextIsAWebhookAgain has a webhook whose answers are lost twice: what is scheduled is in
// sight, and the clock goes to the next of it until nothing is.
func TestNextIsAWebhookAgain(t *testing.T) {
	s := start(t, func(cfg *fakewa.Config) { cfg.Redeliver = time.Hour })
	s.platform.First().Inject(fakewa.Fault{Endpoint: "webhook", Type: "text", Lost: true, Times: 2})
	p := s.open()
	p.Press("Scheduled")
	p.Sees("Nothing is scheduled.", ".scheduled")
	p.Press("Move the clock to the next event")
	p.Sees("nothing is", "#toasts")
	p.Fill("Message", "hi", ana)
	p.Press("Send", ana)
	p.Sees("in 1.0 s 09:00:01 · webhook again attempt 2, messages of", ".scheduled")
	p.Press("Move the clock to the next event")
	p.Sees("in 2.0 s 09:00:03 · webhook again attempt 3, messages of", ".scheduled")
	p.Press("Move the clock to the next event")
	p.Sees("Nothing is scheduled.", ".scheduled")
	p.Sees("09:00:03", ".clock")
}
