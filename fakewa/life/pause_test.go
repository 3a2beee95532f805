package life_test

import (
	"strings"
	"testing"
	"time"

	"wappasim/fakewa/life"
)

// TestBadTemplateIsPausedForLongerAndLonger has the times of Meta's page of template pausing.
func TestBadTemplateIsPausedForLongerAndLonger(t *testing.T) {
	s := business(t, life.Settings{})
	s.want(s.send("offer", 1), "accepted")
	s.hears("15550000001 sent", "15550000001 delivered")
	for _, pause := range []struct {
		lasts time.Duration
		title string
	}{{3 * time.Hour, "FIRST_PAUSE"}, {6 * time.Hour, "SECOND_PAUSE"}} {
		s.must(s.Life.Rate("offer", "", "RED"))
		s.hears("offer UNKNOWN to RED", "offer PAUSED NONE "+pause.title)
		s.want(s.send("offer", 1), "132015")
		if until := s.template("offer").Until; until == nil || until.Sub(s.clock.Now()) != pause.lasts {
			t.Errorf("got %v", until)
		}
		s.pass(pause.lasts - time.Second)
		s.want(s.send("offer", 1), "132015")
		s.hears()
		s.pass(time.Second)
		s.hears("offer APPROVED NONE UNPAUSE", "offer RED to UNKNOWN")
		s.want(s.send("offer", 1), "accepted")
		s.hears("15550000001 sent", "15550000001 delivered")
	}
	s.must(s.Life.Rate("offer", "en", "RED"))
	s.hears("offer UNKNOWN to RED", "offer DISABLED NONE DISABLED 1767636000")
	s.want(s.send("offer", 1), "132016")
	s.pass(1000 * time.Hour)
	s.hears()
	if got := s.template("offer"); got.Status != "DISABLED" || got.Pauses != 2 || got.Until != nil {
		t.Errorf("got %+v", got)
	}
	s.want(s.send("sale", 1), "accepted") // the others go on
}

func TestYellowTemplateIsFlagged(t *testing.T) {
	s := business(t, life.Settings{})
	s.must(s.Life.Rate("sale", "", "YELLOW"))
	s.must(s.Life.Rate("sale", "", "YELLOW"))
	s.hears("sale GREEN to YELLOW", "sale FLAGGED NONE")
	s.want(s.send("sale", 1), "accepted")
	s.must(s.Life.Rate("sale", "", "GREEN"))
	s.hears("15550000001 sent", "15550000001 delivered", "sale YELLOW to GREEN", "sale REINSTATED NONE")
	_, text := s.call("GET", s.Config().BusinessID+"/message_templates?name=sale&fields=quality_score", "")
	if !strings.Contains(text, `"quality_score":{"date":1767603600,"score":"GREEN"}`) {
		t.Errorf("got %s", text)
	}
}

// TestPauseEndsOnce ends a pause by hand; its time then means nothing to a later pause.
func TestPauseEndsOnce(t *testing.T) {
	s := business(t, life.Settings{Pauses: []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour}, UnpauseEvent: "REINSTATED"})
	s.must(s.Life.Rate("offer", "", "RED"))
	s.must(s.Life.Unpause("offer", ""))
	s.hears("offer UNKNOWN to RED", "offer PAUSED NONE FIRST_PAUSE", "offer REINSTATED NONE UNPAUSE", "offer RED to UNKNOWN")
	s.must(s.Life.Rate("offer", "", "RED"))
	s.pass(90 * time.Minute)
	s.hears("offer UNKNOWN to RED", "offer PAUSED NONE SECOND_PAUSE")
	s.must(s.SetTemplateStatus("offer", "", "APPROVED", ""))
	s.hears("offer APPROVED NONE", "offer RED to UNKNOWN")
	s.must(s.SetTemplateStatus("offer", "", "PAUSED", "")) // without an end
	s.pass(100 * time.Hour)
	s.hears("offer PAUSED NONE")
	id := s.template("offer").ID
	if _, text := s.call("POST", id+"/unpause", ""); text != `{"success":true}` {
		t.Errorf("got %s", text)
	}
	if _, text := s.call("POST", id+"/unpause", ""); !strings.Contains(text, `"success":false`) || !strings.Contains(text, "APPROVED") {
		t.Errorf("got %s", text)
	}
	if status, text := s.call("POST", id+"/pause", ""); status != 400 || !strings.Contains(text, "Unsupported post request") {
		t.Errorf("got %s", text)
	}
	for _, err := range []error{s.Life.Unpause("offer", ""), s.Life.Unpause("none", ""), s.Life.Rate("offer", "fr", "RED"), s.Life.Rate("offer", "", "BLUE")} {
		if err == nil {
			t.Error("no error")
		}
	}
	s.must(s.Life.Rate("offer", "", "RED"))
	s.hears("offer REINSTATED NONE UNPAUSE", "offer UNKNOWN to RED", "offer PAUSED NONE SECOND_PAUSE")
	s.Reset(1)
	s.pass(100 * time.Hour)
	s.hears()
}

func TestPausesCanBeOff(t *testing.T) {
	s := business(t, life.Settings{NoPauses: true})
	s.must(s.Life.Rate("offer", "", "RED"))
	s.hears("offer UNKNOWN to RED")
	s.want(s.send("offer", 1), "accepted")
	for _, quality := range []string{"YELLOW", "RED", "YELLOW", "UNKNOWN"} {
		s.must(s.Life.Rate("offer", "", quality))
	}
	s.hears("15550000001 sent", "15550000001 delivered", "offer RED to YELLOW", "offer FLAGGED NONE", "offer YELLOW to RED", "offer RED to YELLOW",
		"offer YELLOW to UNKNOWN", "offer REINSTATED NONE")
}
