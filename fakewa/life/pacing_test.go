package life_test

import (
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/life"
)

const held = "held_for_quality_assessment"

func TestHeldMessagesGoOutAfterATime(t *testing.T) {
	s := business(t, life.Settings{PaceFrom: 2})
	s.want(s.send("offer", 1), "accepted")
	s.want(s.send("offer", 2), "accepted")
	s.want(s.send("offer", 3), held)
	s.pass(time.Minute)
	s.want(s.send("offer", 4), held)
	s.hears("15550000001 sent", "15550000001 delivered", "15550000002 sent", "15550000002 delivered")
	if inbox := s.Phone("+15550000003").Inbox(); len(inbox) != 0 {
		t.Errorf("got %v", inbox)
	}
	s.Phone("+15550000003").Read()
	if m := s.Messages(fakewa.Filter{Status: "held"}); len(m) != 2 || s.template("offer").Held != 2 {
		t.Errorf("got %v", m)
	}
	s.pass(59*time.Minute - time.Second)
	s.hears()
	s.pass(time.Second)
	s.hears("15550000003 sent", "15550000003 delivered", "15550000004 sent", "15550000004 delivered")
	s.want(s.send("offer", 5), "accepted") // it has proved itself
	s.want(s.send("sale", 5), "accepted")
	s.want(s.send("sale", 6), "accepted")
	s.want(s.send("sale", 7), "accepted") // GREEN
}

func TestHeldMessagesFailIfPeopleTakeTheFirstOnesBadly(t *testing.T) {
	s := business(t, life.Settings{PaceFrom: 1, PaceHold: 2 * time.Hour})
	for user, want := range []string{"accepted", held, held} {
		s.want(s.send("offer", user), want)
	}
	s.hears("15550000000 sent", "15550000000 delivered")
	s.must(s.Life.Rate("offer", "", "RED"))
	s.hears("offer UNKNOWN to RED", "offer PAUSED NONE FIRST_PAUSE", "15550000001 failed 132015", "15550000002 failed 132015")
	if m := s.Conversation("+15550000001")[0]; m.Price != nil || m.Error == nil {
		t.Errorf("got %+v", m)
	}
	s.pass(100 * time.Hour) // a pause of pacing ends by hand only
	s.hears()
	s.want(s.send("offer", 1), "132015")
	s.must(s.Life.Unpause("offer", ""))
	s.want(s.send("offer", 1), "accepted")
	s.want(s.send("offer", 2), held) // it begins again
	s.must(s.Life.Rate("offer", "", "GREEN"))
	s.hears("offer APPROVED NONE UNPAUSE", "offer RED to UNKNOWN", "15550000001 sent", "15550000001 delivered",
		"offer UNKNOWN to GREEN", "15550000002 sent", "15550000002 delivered")
}

// TestHeldMessagesOfATemplateThatIsGoneFail deletes and edits templates that hold messages.
func TestHeldMessagesOfATemplateThatIsGoneFail(t *testing.T) {
	s := business(t, life.Settings{PaceFrom: 1})
	s.send("offer", 1)
	s.want(s.send("offer", 2), held)
	s.hears("15550000001 sent", "15550000001 delivered")
	if status, text := s.call("POST", s.template("offer").ID, `{"components":[{"type":"BODY","text":"Hello there."}]}`); status != 200 {
		t.Fatal(text)
	}
	s.hears("offer PENDING NONE", "15550000002 failed 132016")
	s.must(s.SetTemplateStatus("offer", "", "APPROVED", ""))
	s.send("offer", 1)
	s.want(s.send("offer", 2), held)
	s.call("DELETE", s.Config().BusinessID+"/message_templates?name=offer", "")
	s.hears("offer APPROVED NONE", "15550000001 sent", "15550000001 delivered", "offer PENDING_DELETION NONE", "15550000002 failed 132001")
	s.pass(2 * time.Hour)
	s.hears()
}

// TestUtilityTemplatesArePacedAfterOneWasPaused has the 7 days of Meta's page of pacing.
func TestUtilityTemplatesArePacedAfterOneWasPaused(t *testing.T) {
	s := business(t, life.Settings{PaceFrom: 1})
	s.want(s.send("order", 1), "accepted")
	s.want(s.send("order", 2), "accepted")
	s.must(s.SetTemplateStatus("order", "", "PAUSED", ""))
	s.pass(7*24*time.Hour - time.Minute)
	s.must(s.SetTemplateStatus("order", "", "APPROVED", ""))
	s.want(s.send("order", 1), "accepted")
	s.want(s.send("order", 2), held)
	s.pass(time.Minute)
	s.want(s.send("order", 3), "accepted")
}

// TestEachHoldHasItsTime pauses a template while it holds messages, and lets it hold others.
func TestEachHoldHasItsTime(t *testing.T) {
	s := business(t, life.Settings{PaceFrom: 1})
	s.send("offer", 1)
	s.want(s.send("offer", 2), held)
	s.pass(30 * time.Minute)
	s.must(s.SetTemplateStatus("offer", "", "PAUSED", ""))
	s.must(s.SetTemplateStatus("offer", "", "APPROVED", ""))
	s.send("offer", 1)
	s.want(s.send("offer", 3), held)
	s.forget()
	s.pass(time.Hour - time.Second)
	s.hears()
	s.pass(time.Second)
	s.hears("15550000003 sent", "15550000003 delivered")
}

// TestTemplateThatIsBadBeforehandIsPausedInTheEnd holds messages of a template that is RED.
func TestTemplateThatIsBadBeforehandIsPausedInTheEnd(t *testing.T) {
	s := business(t, life.Settings{PaceFrom: 1, NoPauses: true})
	s.must(s.Life.Rate("offer", "", "RED"))
	s.send("offer", 1)
	s.want(s.send("offer", 2), held)
	s.forget()
	s.pass(time.Hour)
	s.hears("offer PAUSED NONE FIRST_PAUSE", "15550000002 failed 132015")
}
