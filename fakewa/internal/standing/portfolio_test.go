package standing

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wappasim/fakewa/life"
)

// TestPortfolioForgets writes to more and more people, and looks at what is kept.
func TestPortfolioForgets(t *testing.T) {
	p := NewPortfolio(life.Settings{Tier: "TIER_2K"})
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		now = now.Add(time.Minute)
		if ok, _ := p.Reach(fmt.Sprint(i), now); !ok {
			t.Fatalf("%d: the limit is reached", i)
		}
	}
	if _, users := p.Tier(now); users != 24*60 || p.recent.Len() != users || len(p.reached) != users {
		t.Errorf("%d people are kept", users)
	}
	if _, users := p.Tier(now.Add(day)); users != 0 {
		t.Errorf("%d people are kept", users)
	}
}

// TestWhoIsWrittenToAgainCountsAnew writes to Ana, Ben and Ana.
func TestWhoIsWrittenToAgainCountsAnew(t *testing.T) {
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]int{24 * time.Hour: 2, 25 * time.Hour: 1, 26 * time.Hour: 0} {
		q := NewPortfolio(life.Settings{Tier: "TIER_250"})
		for hour, user := range []string{"Ana", "Ben", "Ana"} {
			q.Reach(user, start.Add(time.Duration(hour)*time.Hour))
		}
		if _, users := q.Tier(start.Add(after)); users != want {
			t.Errorf("after %s: %d people", after, users)
		}
	}
}

// TestBusinessesReachPeopleAtOnce has ten write to the same people.
func TestBusinessesReachPeopleAtOnce(t *testing.T) {
	p := NewPortfolio(life.Settings{Tier: "TIER_250"})
	var all sync.WaitGroup
	var refused atomic.Int64
	now := time.Now()
	for range 10 {
		all.Go(func() {
			for i := range 300 {
				if ok, most := p.Reach(fmt.Sprint(i), now); !ok {
					refused.Add(1)
				} else if most != 250 {
					t.Errorf("the limit is %d", most)
				}
			}
		})
	}
	all.Wait()
	if _, users := p.Tier(now); users != 250 || refused.Load() != 500 {
		t.Errorf("%d people, %d refused", users, refused.Load())
	}
	if ok, most := NewPortfolio(life.Settings{Tier: "TIER_UNLIMITED"}).Reach("1", now); !ok || most != 0 {
		t.Error("there is a limit")
	}
}

// TestWhoLeavesIsNotTold has one of two businesses leave.
func TestWhoLeavesIsNotTold(t *testing.T) {
	p := NewPortfolio(life.Settings{Tier: "TIER_250"})
	var told []string
	leave := p.Join(func(was, tier string) { told = append(told, "Ana's "+was+" "+tier) })
	p.Join(func(was, tier string) { told = append(told, "Ben's "+was+" "+tier) })
	leave()
	leave()
	if err := p.SetTier("TIER_2K"); err != nil || len(told) != 1 || told[0] != "Ben's TIER_250 TIER_2K" || len(p.members) != 1 {
		t.Errorf("got %q, %v; %d members", told, err, len(p.members))
	}
}
