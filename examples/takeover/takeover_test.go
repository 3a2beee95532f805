package takeover_test

import (
	"testing"
	"time"

	"github.com/cucumber/godog"

	"wappasim/examples/takeover"
	"wappasim/fakewa"
	"wappasim/fakewa/coexist"
	"wappasim/sim"
	"wappasim/sim/steps"
)

func newBot(env sim.Env) (sim.App, error) {
	return &takeover.Bot{HTTP: env.HTTP, Messages: env.GraphURL + "/" + env.PhoneNumberID + "/messages", Token: env.Token}, nil
}

// TestAPersonSilencesTheBot has somebody of the business answer Ana in the app: the bot says
// nothing to her for an hour, and goes on answering Ben.
func TestAPersonSilencesTheBot(t *testing.T) {
	w, err := sim.New(newBot, sim.Test(t))
	if err != nil {
		t.Fatal(err)
	}
	var phone *coexist.Business
	human := func(do func() error) {
		t.Helper()
		if err := w.Meta(func(wa *fakewa.Server) error {
			if phone == nil {
				phone = coexist.New(wa)
			}
			return do()
		}); err != nil {
			t.Fatal(err)
		}
	}
	says := func(who, text string, answered bool) {
		t.Helper()
		before := len(w.Inbox(who))
		if err := w.Say(who, text); err != nil {
			t.Fatal(err)
		}
		if got := len(w.Inbox(who)) > before; got != answered {
			t.Errorf("%s: %s says %q: answered: %t", w.Now().Format(time.TimeOnly), who, text, got)
		}
	}
	wait := func(d time.Duration) {
		t.Helper()
		if err := w.Wait(d); err != nil {
			t.Fatal(err)
		}
	}
	says("Ana", "hello", true)
	var id string
	human(func() (err error) { id, err = phone.Say(w.Number("Ana"), "Ben here, I take over."); return err })
	says("Ana", "thanks", false)
	says("Ben", "hello, and a bell: \a", true) // which JSON writes otherwise than Go
	wait(10 * time.Minute)
	human(func() error { return phone.Edit(id, "Ben here, I'll take over.") })
	wait(takeover.Quiet - time.Millisecond)
	says("Ana", "still there?", false)
	wait(time.Millisecond)
	says("Ana", "anybody?", true)
	human(func() error { return phone.Delete(id) })
	says("Ana", "what was that?", false)
	wait(takeover.Quiet)
	says("Ana", "bye", true)
}

func TestScenarios(t *testing.T) {
	suite := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) { steps.Register(sc, newBot) },
		Options:             &godog.Options{Format: "progress", Strict: true, TestingT: t, NoColors: true, Paths: []string{"."}},
	}
	if suite.Run() != 0 {
		t.Error("scenarios failed")
	}
}
