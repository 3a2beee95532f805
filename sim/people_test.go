package sim_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/sim"
)

// sayer is a bot that says back what it is told, with a status of its own, and again after
// each pause.
func sayer(status int, pauses ...time.Duration) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		say := func(m text) {
			words := cmp.Or(m.text, "I see")
			_ = sendText(env, m.from, words)
			go func() {
				for _, pause := range pauses {
					time.Sleep(pause)
					_ = sendText(env, m.from, words+" after "+pause.String())
				}
			}()
		}
		return app{serve: func(w http.ResponseWriter, r *http.Request) {
			for _, m := range heard(r) {
				say(m)
			}
			w.WriteHeader(status)
		}}, nil
	}
}

func TestPeopleReactBlockAndSwitchTheirPhonesOff(t *testing.T) {
	w := world(t, sayer(http.StatusOK))
	if err := w.React("Ana", "👍"); err == nil || !strings.Contains(err.Error(), "Ana has received nothing") {
		t.Errorf("got %v", err)
	}
	must(t, w.Say("Ana", "hello"))
	must(t, w.React("Ana", "👍"))
	must(t, w.SetProfile("Ana", func(p *fakewa.Profile) { p.Silent = true }))
	must(t, w.Say("Ana", "off"))
	if got := words(w.Inbox("Ana")); !slices.Equal(got, []string{"hello", "I see"}) {
		t.Errorf("her phone is off: got %q", got)
	}
	must(t, w.SetProfile("Ana", func(p *fakewa.Profile) { p.Silent = false }))
	if got := words(w.Inbox("Ana")); !slices.Equal(got, []string{"hello", "I see", "off"}) {
		t.Errorf("her phone is on again: got %q", got)
	}
	must(t, w.SetProfile("Ben", func(p *fakewa.Profile) { p.Blocks = true }))
	must(t, w.Say("Ben", "hello"))
	must(t, w.SetProfile("Ben", func(p *fakewa.Profile) { p.Blocks = false }))
	if got := words(w.Inbox("Ben")); len(got) != 0 {
		t.Errorf("he blocked the business: got %q", got)
	}
	const want = "09:00:00 Ana: hello\n09:00:00 bot: hello\n09:00:00 Ana: [reaction 👍]\n09:00:00 bot: I see\n09:00:00 Ana: off\n09:00:00 bot: off\n"
	if got := w.Talk("Ana"); got != want {
		t.Errorf("got %q", got)
	}
}

func words(messages []fakewa.Message) (all []string) {
	for _, m := range messages {
		all = append(all, m.String())
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestWaitForStopsWhenItIsSo wants time to pass no further than the message.
func TestWaitForStopsWhenItIsSo(t *testing.T) {
	w := world(t, sayer(http.StatusOK, 3*time.Second, 4*time.Second), sim.Latency(5*time.Millisecond))
	must(t, w.Say("Ana", "hello"))
	for _, test := range []struct {
		within time.Duration
		n      int
		is     bool
		at     time.Duration // more than a second less and no more than that
	}{
		{0, 1, true, 0},
		{10 * time.Second, 2, true, 3 * time.Second},
		{2 * time.Second, 3, false, 5 * time.Second},
		{3 * time.Second, 3, true, 7 * time.Second},
	} {
		is, err := w.WaitFor(test.within, func() bool { return len(w.Inbox("Ana")) >= test.n })
		passed := w.Now().Sub(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC))
		if err != nil || is != test.is || passed < test.at || passed > test.at+100*time.Millisecond {
			t.Errorf("%d messages within %s: got %t after %s, %v", test.n, test.within, is, passed, err)
		}
	}
	if _, err := w.WaitFor(-1, func() bool { return false }); err == nil {
		t.Error("a negative time is taken")
	}
	ended := world(t, of(app{run: func(context.Context) error { time.Sleep(time.Second); return nil }}))
	if is, err := ended.WaitFor(time.Minute, func() bool { return false }); is || err == nil || !strings.Contains(err.Error(), "Run returned") {
		t.Errorf("the bot has ended: got %t, %v", is, err)
	}
}

func TestTemplatesChangeTheirStatus(t *testing.T) {
	w := world(t, sayer(http.StatusOK))
	answer, err := w.Call("POST", "/{whatsapp-business-account-id}/message_templates", `{"name":"ready","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"It is ready."}]}`)
	if err != nil || answer.Status != 200 {
		t.Fatalf("got %+v, %v", answer, err)
	}
	send := func() int {
		answer, err := w.Call("POST", "/{phone-number-id}/messages", fmt.Sprintf(`{"messaging_product":"whatsapp","to":%q,"type":"template","template":{"name":"ready","language":{"code":"en_US"}}}`, w.Number("Ana")))
		must(t, err)
		return answer.Status
	}
	set := func(name, language, status string) error {
		return w.Meta(func(wa *fakewa.Server) error { return wa.SetTemplateStatus(name, language, status, "") })
	}
	for _, step := range []struct {
		status string
		want   int
	}{{"PENDING", 404}, {"APPROVED", 200}, {"PAUSED", 400}} {
		must(t, set("ready", "en_US", step.status))
		if got := send(); got != step.want {
			t.Errorf("%s: got %d", step.status, got)
		}
	}
	for _, wrong := range [][2]string{{"steady", "PAUSED"}, {"ready", "TIRED"}} {
		if err := set(wrong[0], "", wrong[1]); err == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
}

// TestTemplatesAreThereFromTheBeginning gives a world templates, and one that is none.
func TestTemplatesAreThereFromTheBeginning(t *testing.T) {
	sale := fakewa.Template{Name: "sale", Language: "en_US", Category: "MARKETING", Components: json.RawMessage(`[{"type":"BODY","text":"All is cheap."}]`)}
	w := world(t, sayer(http.StatusOK), sim.WhatsApp(func(c *fakewa.Config) { c.Templates = []fakewa.Template{sale} }))
	answer, err := w.Call("POST", "/{phone-number-id}/messages", fmt.Sprintf(`{"messaging_product":"whatsapp","to":%q,"type":"template","template":{"name":"sale","language":{"code":"en_US"}}}`, w.Number("Ana")))
	if err != nil || answer.Status != 200 || !slices.Equal(words(w.Inbox("Ana")), []string{"All is cheap."}) {
		t.Errorf("got %+v, %v, %q", answer, err, words(w.Inbox("Ana")))
	}
	sale.Category = "GOSSIP"
	if _, err := sim.New(sayer(http.StatusOK), sim.WhatsApp(func(c *fakewa.Config) { c.Templates = []fakewa.Template{sale} })); err == nil || !strings.Contains(err.Error(), `Templates[0], "sale"`) {
		t.Errorf("got %v", err)
	}
}

// TestReportCardIsAProperty explores a bot that answers webhooks with the wrong status.
func TestReportCardIsAProperty(t *testing.T) {
	good := world(t, sayer(http.StatusOK))
	must(t, good.Say("Ana", "hello"))
	if card := good.Report(); card.Err() != nil {
		t.Errorf("got %v", card)
	}
	workload := sim.Workload{Events: 4, Settle: time.Minute}
	if _, err := sim.Explore(sayer(http.StatusOK), sim.Seeds(5), workload, sim.CleanReport()); err != nil {
		t.Error(err)
	}
	if err := sim.Check(sayer(http.StatusAccepted), sim.Seeds(5), workload); err != nil {
		t.Errorf("the findings are not the same twice: %v", err)
	}
	report, err := sim.Explore(sayer(http.StatusAccepted), sim.Seeds(5), workload, sim.CleanReport())
	if err == nil || len(report.Failures) != 1 || !strings.Contains(report.Failures[0].Why, "webhook not acknowledged (") {
		t.Fatalf("got %v", err)
	}
	if steps := len(report.Failures[0].Steps); steps != 1 {
		t.Errorf("%d steps are left", steps)
	}
	workload.Faults = []sim.FaultKind{sim.WebhooksCut}
	workload.Events = 20
	if _, err := sim.Explore(sayer(http.StatusOK), sim.Seeds(10), workload, sim.CleanReport()); err != nil {
		t.Errorf("webhooks that are cut off are held against the bot: %v", err)
	}
}

// TestReplayNamesTheMessage wants the place in a recording of one line to be a message.
func TestReplayNamesTheMessage(t *testing.T) {
	const in, out = `{"at":"2026-01-05T09:00:00Z","direction":"in","message":{"from":"15550000001","type":"text","text":{"body":"hello"}}}`, `{"at":"2026-01-05T09:00:00Z","direction":"out","message":{"to":"+15550000001","type":"text","text":{"body":"what?"}}}`
	for recording, want := range map[string]string{
		`{"messages":[` + in + "," + out + "]}": "sim: replay: message 2: the bot sends",
		in + "\n" + out:                         "sim: replay: line 2: the bot sends",
		`{"messages":[` + in + ",{}]}":          "sim: replay: message 2 is not like",
	} {
		// The world begins with the conversation, whatever an option says.
		err := sim.Replay(sayer(http.StatusOK), strings.NewReader(recording), sim.Start(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("wanted %q, got %v", want, err)
		}
	}
}
