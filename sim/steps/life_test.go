package steps_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/steps"
	"wappasim/sim/trace"
)

// TestHeldMessagesGoOutAlikeInEachRun lets go of twenty messages at one instant, on a network
// that takes time, to a bot that gets their webhooks in any order.
func TestHeldMessagesGoOutAlikeInEachRun(t *testing.T) {
	run := func(seed uint64, fails bool) *trace.Trace {
		w, err := sim.New(newInformer, sim.Test(t), sim.Seed(seed), sim.Latency(50*time.Millisecond), sim.Redelivery(time.Hour),
			sim.WhatsApp(func(c *fakewa.Config) {
				c.Life.PaceFrom = 1
				c.Templates = []fakewa.Template{{Name: "offer", Language: "en", Category: "MARKETING", Components: []byte(`[{"type":"BODY","text":"Pizza."}]`)}}
			}))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"1555000%04d","type":"template","template":{"name":"offer","language":{"code":"en"}}}`, i)
			if answer, err := w.Call("POST", "/{phone-number-id}/messages", body); err != nil || answer.Status != 200 || strings.Contains(answer.Body, "held_for") != (i > 0) {
				t.Fatalf("got %+v %v", answer, err)
			}
		}
		if fails {
			if err := w.Meta(func(wa *fakewa.Server) error { return wa.Life.Rate("offer", "", "RED") }); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Wait(2 * time.Hour); err != nil {
			t.Fatal(err)
		}
		return w.Trace()
	}
	for _, fails := range []bool{false, true} {
		a, b, other := run(1, fails), run(1, fails), run(2, fails)
		if a.Hash() != b.Hash() {
			t.Errorf("equal runs part:\n%s", a.Diff(b))
		}
		if a.Hash() == other.Hash() {
			t.Error("the seed makes no difference")
		}
	}
}

func TestWrongLifeStepsFail(t *testing.T) {
	register := func(sc *godog.ScenarioContext) { steps.Register(sc, newInformer) }
	for step, want := range map[string]string{
		"WhatsApp lets the business write to TIER_7 people a day\n    And Ana says \"hi\"": "want one of TIER_100K",
		"Meta lets the business write to TIER_7 people a day":                              "want one of TIER_100K",
		`Meta rates the template "none" RED`:                                               "no template has this id or name",
		`Meta unpauses the template "hello_world"`:                                         "it is APPROVED in en_US, not PAUSED",
		`the template "hello_world" has the status PAUSED`:                                 `the template "hello_world" has APPROVED, not PAUSED`,
		`the template "none" has the quality GREEN`:                                        `there is no template "none"`,
		"the business writes \"hi\" to Ana\n    And WhatsApp holds it":                     "WhatsApp answered 200",
		"Ana reports the business":                                                         "somebody who has written",
	} {
		if report, status := play(t, scenario(step), register); status == 0 || !strings.Contains(report, want) {
			t.Errorf("%s: want %s, got %s", step, want, report)
		}
	}
}
