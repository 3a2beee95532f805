package sim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/sim"
)

const (
	freeText = `{"messaging_product":"whatsapp","to":"15550000001","type":"text","text":{"body":"still there?"}}`
	buttons  = `{"messaging_product":"whatsapp","to":"15550000001","type":"interactive","interactive":{"type":"button","body":{"text":%q},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"Pizza"}}]}}}`
	template = `{"messaging_product":"whatsapp","to":"15550000001","type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`
)

// later returns a bot that sends bodies when it has run for a time, and ignores the
// answers.
func later(after time.Duration, bodies ...string) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		return app{run: func(ctx context.Context) error {
			select {
			case <-env.Clock.After(after):
			case <-ctx.Done():
			}
			for _, body := range bodies {
				_ = sendBody(env, body)
			}
			<-ctx.Done()
			return nil
		}}, nil
	}
}

// violations plays a bot to whom Ana writes at once, and returns what breaks a property.
func violations(t *testing.T, bot sim.Factory, p sim.Property, faults ...string) []string {
	t.Helper()
	w, err := sim.New(bot, sim.Test(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Say("Ana", "hello"); err != nil {
		t.Fatal(err)
	}
	for _, sentence := range faults {
		f, err := sim.ParseFault(sentence)
		if err := errors.Join(err, w.Inject(f)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Wait(26 * time.Hour); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, v := range p.Check(w.Trace()) {
		found = append(found, v.Why)
	}
	return found
}

// TestWithin24HoursReportsFreeFormMessagesOnly holds for messages that WhatsApp accepts and
// that fail later, and for buttons; templates may be sent at any time.
func TestWithin24HoursReportsFreeFormMessagesOnly(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		after time.Duration
		want  int
	}{
		"a text in time":    {freeText, 24 * time.Hour, 0},
		"a text too late":   {freeText, 25 * time.Hour, 1},
		"buttons too late":  {fmt.Sprintf(buttons, "Hungry?"), 25 * time.Hour, 1},
		"a template later":  {template, 25 * time.Hour, 0},
		"a reaction later":  {`{"messaging_product":"whatsapp","to":"15550000001","type":"reaction","reaction":{"message_id":"wamid.1","emoji":"👍"}}`, 25 * time.Hour, 1},
		"a refused message": {`{"messaging_product":"whatsapp","to":"15550000001","type":"text","text":{}}`, 25 * time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if found := violations(t, later(c.after, c.body), sim.Within24Hours()); len(found) != c.want {
				t.Errorf("got %q, want %d", found, c.want)
			}
		})
	}
}

// TestSaidOnceComparesWholeMessages wants two menus that differ to be two messages.
func TestSaidOnceComparesWholeMessages(t *testing.T) {
	pizza, pasta := fmt.Sprintf(buttons, "Hungry?"), strings.Replace(fmt.Sprintf(buttons, "Hungry?"), "Pizza", "Pasta", 1)
	if found := violations(t, later(time.Minute, pizza, pasta), sim.SaidOnce()); found != nil {
		t.Errorf("two menus: got %q", found)
	}
	found := violations(t, later(time.Minute, pizza, pizza), sim.SaidOnce())
	if len(found) != 1 || !strings.Contains(found[0], "[1] Pizza") {
		t.Errorf("one menu twice: got %q", found)
	}
}

// TestSaidOnceCountsTaps taps what a message with Ana's words offers: the bot may quote her
// once more, and not twice.
func TestSaidOnceCountsTaps(t *testing.T) {
	for again, want := range map[int]int{1: 0, 2: 1} { // how often each tap is answered
		bot := func(env sim.Env) (sim.App, error) {
			return app{serve: func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				times := strings.Count(string(body), `"messages":`)
				if strings.Contains(string(body), "button_reply") {
					times = again
				}
				for range times {
					_ = sendBody(env, fmt.Sprintf(buttons, "You said: cherry 001"))
				}
			}}, nil
		}
		w := world(t, bot)
		if err := errors.Join(w.Say("Ana", "cherry 001"), w.Tap("Ana", "Pizza")); err != nil {
			t.Fatal(err)
		}
		if found := sim.SaidOnce().Check(w.Trace()); len(found) != want || len(w.Inbox("Ana")) != 1+again {
			t.Errorf("answered %d times: got %q", again, found)
		}
	}
}

// TestReactedKnowsTemplates wants a template that was refused for now to be known when it is
// sent again, though its text is then what a person sees.
func TestReactedKnowsTemplates(t *testing.T) {
	if found := violations(t, later(time.Minute, template, template), sim.Reacted(), "the API answers 500 the next time"); found != nil {
		t.Errorf("got %q", found)
	}
}

// TestReactedLeavesTemplatesAlone wants a template that does not exist not to be sent again.
func TestReactedLeavesTemplatesAlone(t *testing.T) {
	missing := strings.Replace(template, "hello_world", "hello_moon", 1)
	if found := violations(t, later(time.Minute, missing), sim.Reacted()); found != nil {
		t.Errorf("got %q", found)
	}
}

// TestPropertiesCoverEveryType wants a refused menu to be sent again, and another user's
// words to be found in one.
func TestPropertiesCoverEveryType(t *testing.T) {
	for name, body := range map[string]string{"buttons": fmt.Sprintf(buttons, "Hungry?"), "a template": template, "a picture": `{"messaging_product":"whatsapp","to":"15550000001","type":"image","image":{"link":"https://example.com/a.png"}}`} {
		if found := violations(t, later(time.Minute, body), sim.Reacted(), "the API answers 500 the next time"); len(found) != 1 {
			t.Errorf("%s: got %q", name, found)
		}
	}
}

// TestOwnWordsLooksAtButtons has a bot put Ben's words into a menu for Ana.
func TestOwnWordsLooksAtButtons(t *testing.T) {
	w := world(t, later(time.Minute, fmt.Sprintf(buttons, "Ben has written: my secret")))
	if err := errors.Join(w.Say("Ana", "hello"), w.Say("Ben", "my secret"), w.Wait(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if found := sim.OwnWords().Check(w.Trace()); len(found) != 1 {
		t.Errorf("got %+v", found)
	}
}
