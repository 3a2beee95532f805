package life_test

import (
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/life"
)

// rated is a business that has sent a template to ten people.
func rated(t *testing.T, set life.Settings) *stand {
	set.RateFrom = 10
	s := business(t, set)
	for user := range 10 {
		s.send("offer", user)
	}
	s.forget()
	s.want(s.template("offer").Quality, "GREEN")
	return s
}

func (s *stand) phone(user int) *fakewa.Phone { return s.Phone("+1555000000" + string(rune('0'+user))) }

func (s *stand) blocks(user int) {
	profile := s.phone(user).Profile()
	profile.Blocks = true
	s.phone(user).SetProfile(profile)
}

func TestPeopleRateTemplates(t *testing.T) {
	s := rated(t, life.Settings{YellowAt: 0.1, RedAt: 0.3})
	s.blocks(1)
	s.hears("offer GREEN to YELLOW", "offer FLAGGED NONE")
	s.must(s.Life.Report("+15550000001")) // the same message counts once
	s.must(s.Life.Report("+15550000002"))
	s.hears()
	s.must(s.Life.Prefer("+15550000003", "stop"))
	s.hears("15550000003 marketing_messages stop", "offer YELLOW to RED", "offer PAUSED NONE FIRST_PAUSE")
	s.pass(3 * time.Hour)
	s.must(s.Life.Report("+15550000004")) // of a message before the pause
	s.hears("offer APPROVED NONE UNPAUSE", "offer RED to UNKNOWN")
	for range 10 {
		s.send("offer", 4)
	}
	s.forget()
	s.want(s.template("offer").Quality, "GREEN")
	s.pass(7 * 24 * time.Hour)
	s.must(s.Life.Report("+15550000004")) // too late
	s.hears()
	if err := s.Life.Report("+19"); err == nil {
		t.Error("a stranger reported the business")
	}
}

// TestBadPacedTemplateIsPaused has people block the business while messages are held.
func TestBadPacedTemplateIsPaused(t *testing.T) {
	s := business(t, life.Settings{RateFrom: 4, PaceFrom: 5})
	for user := range 5 {
		s.send("offer", user)
	}
	s.blocks(1) // 1 in 5 is RED, which pauses before anything is held
	s.pass(3 * time.Hour)
	for user := range 5 {
		s.send("offer", user+2) // user 1 does not get it
	}
	s.forget()
	s.want(s.template("offer").Quality, "GREEN")
	s.want(s.send("offer", 8), "accepted") // GREEN is not paced
}

func TestWhatNobodyReadsCounts(t *testing.T) {
	s := rated(t, life.Settings{UnreadAt: 0.5})
	for user := range 5 {
		s.phone(user).Read()
	}
	s.pass(24 * time.Hour)
	s.forget()
	s.send("offer", 1)
	s.hears("15550000001 sent", "15550000001 delivered", "offer GREEN to YELLOW", "offer FLAGGED NONE")
	s = rated(t, life.Settings{UnreadAt: 0.5})
	for user := range 6 {
		s.phone(user).Read()
	}
	s.pass(24 * time.Hour)
	s.forget()
	s.send("offer", 1)
	s.hears("15550000001 sent", "15550000001 delivered")
}

// TestPausedTemplateIsNotRated switches a phone on while the template is paused.
func TestPausedTemplateIsNotRated(t *testing.T) {
	s := business(t, life.Settings{RateFrom: 1})
	s.phone(1).SetProfile(fakewa.Profile{Name: "Ana", Silent: true})
	s.send("offer", 1)
	s.pass(0)
	s.must(s.Life.Rate("offer", "", "RED"))
	s.phone(1).SetProfile(fakewa.Profile{Name: "Ana"})
	s.hears("15550000001 sent", "offer UNKNOWN to RED", "offer PAUSED NONE FIRST_PAUSE", "15550000001 delivered")
}

// TestNobodyIsAskedByDefault has everybody block the business.
func TestNobodyIsAskedByDefault(t *testing.T) {
	s := business(t, life.Settings{})
	for user := range 10 {
		s.send("offer", user)
	}
	for user := range 10 {
		s.blocks(user)
	}
	s.want(s.template("offer").Quality, "UNKNOWN")
}
