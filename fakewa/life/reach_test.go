package life_test

import (
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/life"
)

func TestBusinessWritesToSoManyPeopleInADay(t *testing.T) {
	s := business(t, life.Settings{Tier: "TIER_250", TierUsers: 2})
	s.send("order", 1)
	s.pass(time.Hour)
	s.send("order", 2)
	s.send("order", 1) // who counts once, from now on
	s.want(s.send("order", 3), "accepted")
	s.hears("15550000001 sent", "15550000001 delivered", "15550000002 sent", "15550000002 delivered",
		"15550000001 sent", "15550000001 delivered", "15550000003 failed 131048")
	if _, err := s.Phone("+15550000003").Say(t.Context(), "hi"); err != nil {
		t.Fatal(err)
	}
	s.forget()
	s.want(s.send("order", 3), "accepted") // a window is open
	s.hears("15550000003 sent", "15550000003 delivered")
	if got := s.Life.State(); got.Users != 2 || got.Tier != "TIER_250" {
		t.Errorf("got %+v", got)
	}
	s.pass(24*time.Hour - time.Second)
	s.send("order", 4)
	s.hears("15550000004 failed 131048")
	s.pass(time.Second)
	s.send("order", 4)
	s.hears("15550000004 sent", "15550000004 delivered")
	s.must(s.Life.SetTier("TIER_2K"))
	s.Reset(1)
	if got := s.Life.State(); got.Users != 0 || got.Tier != "TIER_250" {
		t.Errorf("got %+v", got)
	}
}

func TestLimitCanRefuse(t *testing.T) {
	s := business(t, life.Settings{TierUsers: 1, TierRefuses: true})
	s.want(s.send("order", 1), "accepted")
	s.want(s.send("order", 2), "131048")
	if len(s.Conversation("+15550000002")) != 0 {
		t.Error("the message was taken")
	}
}

func TestLimitChanges(t *testing.T) {
	s := business(t, life.Settings{Tier: "TIER_250"})
	fields := func() string {
		_, number := s.call("GET", s.Config().PhoneNumberID+"?fields=messaging_limit_tier,whatsapp_business_manager_messaging_limit", "")
		_, account := s.call("GET", s.Config().BusinessID+"?fields=whatsapp_business_manager_messaging_limit", "")
		return strings.Trim(number, "{}") + strings.Trim(account, "{}")
	}
	if got := fields(); strings.Count(got, "TIER_250") != 3 {
		t.Errorf("got %s", got)
	}
	for _, step := range [][2]string{{"TIER_2K", "UPGRADE"}, {"TIER_UNLIMITED", "UPGRADE"}, {"TIER_100K", "DOWNGRADE"}} {
		s.must(s.Life.SetTier(step[0]))
		s.must(s.Life.SetTier(step[0]))
		s.hears("business_capability_update <nil> "+step[0], "phone_number_quality_update "+step[1]+" "+step[0])
		if got := fields(); strings.Count(got, step[0]) != 3 {
			t.Errorf("got %s", got)
		}
	}
	if err := s.Life.SetTier("TIER_7"); err == nil || !strings.Contains(err.Error(), "TIER_2K") {
		t.Errorf("got %v", err)
	}
}

// TestBusinessesShareAPortfolio has three businesses, two of them in one portfolio.
func TestBusinessesShareAPortfolio(t *testing.T) {
	first := &bot{}
	second := &bot{}
	of := func(id, portfolio string, b *bot) fakewa.Config {
		return fakewa.Config{Webhook: b, BusinessID: "1" + id, PhoneNumberID: "2" + id, Life: life.Settings{Portfolio: portfolio, TierUsers: 1}, Templates: []fakewa.Template{
			{Name: "order", Language: "en", Category: "UTILITY", Components: body},
		}}
	}
	p, err := fakewa.NewPlatform(of("1", "shop", first))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var all []*stand
	for _, cfg := range []fakewa.Config{of("2", "shop", second), of("3", "", &bot{})} {
		if _, err := p.Add(cfg); err != nil {
			t.Fatal(err)
		}
	}
	owners := make(map[string]bool)
	for _, s := range p.Businesses() {
		one := &stand{s, t, nil, nil}
		all = append(all, one)
		_, owner := one.call("GET", s.Config().BusinessID+"?fields=owner_business_info{id}", "")
		owners[owner[strings.Index(owner, "owner_"):]] = true
	}
	for i, want := range []string{"", "131048", ""} {
		all[i].send("order", i)
		m := all[i].Sent()[0]
		if got := m.Error; got == nil != (want == "") {
			t.Errorf("business %d: got %v", i, got)
		}
	}
	if err := all[1].Life.SetTier("TIER_250"); err != nil {
		t.Fatal(err)
	}
	if err := all[0].Config().Clock.Advance(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	for i, b := range []*bot{first, second} {
		b.mu.Lock()
		if heard := strings.Join(b.heard, ", "); !strings.Contains(heard, "business_capability_update <nil> TIER_250") {
			t.Errorf("business %d heard %s", i, heard)
		}
		b.mu.Unlock()
	}
	if got := all[0].Life.State().Tier; got != "TIER_250" || all[2].Life.State().Tier != "TIER_UNLIMITED" {
		t.Errorf("got %s", got)
	}
}

func TestPeopleGetSoMuchMarketing(t *testing.T) {
	s := business(t, life.Settings{Cap: 2, CapTime: 12 * time.Hour})
	s.send("offer", 1)
	s.pass(time.Hour)
	s.send("sale", 1)
	s.forget()
	s.want(s.send("offer", 1), "accepted")
	s.send("order", 1) // no marketing
	s.send("offer", 2)
	s.hears("15550000001 failed 131049", "15550000001 sent", "15550000001 delivered", "15550000002 sent", "15550000002 delivered")
	if m := s.Conversation("+15550000001")[2]; m.Error.Code != 131049 || m.Price != nil {
		t.Errorf("got %+v", m)
	}
	s.pass(11*time.Hour - time.Second)
	s.send("offer", 1)
	s.hears("15550000001 failed 131049")
	s.pass(time.Second)
	s.send("offer", 1)
	s.hears("15550000001 sent", "15550000001 delivered")
	if _, err := s.Phone("+15550000001").Say(t.Context(), "more!"); err != nil {
		t.Fatal(err)
	}
	s.forget()
	s.send("offer", 1) // a window is open
	s.send("offer", 1)
	s.hears("15550000001 sent", "15550000001 delivered", "15550000001 sent", "15550000001 delivered")
}

func TestWhoStopsMarketingGetsNone(t *testing.T) {
	for _, ignore := range []bool{false, true} {
		s := business(t, life.Settings{IgnoreStops: ignore})
		fails := []string{"15550000001 failed 131050"}
		arrives := []string{"15550000001 sent", "15550000001 delivered"}
		if ignore {
			fails = arrives
		}
		s.send("offer", 1)
		s.hears(arrives...)
		s.must(s.Life.Prefer("+1 555 000 0001", "stop"))
		s.hears("15550000001 marketing_messages stop")
		s.want(s.send("offer", 1), "accepted")
		s.hears(fails...)
		s.send("order", 1)
		s.hears(arrives...)
		if got := s.Life.State().Stopped; len(got) != 1 || got[0] != "+15550000001" {
			t.Errorf("got %v", got)
		}
		s.must(s.Life.Prefer("15550000001", "resume"))
		s.hears("15550000001 marketing_messages resume")
		s.send("offer", 1)
		s.hears(arrives...)
	}
}
