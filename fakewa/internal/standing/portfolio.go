package standing

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"wappasim/fakewa/life"
)

// Portfolio is the limit that businesses share: of people whom they write to outside of an
// open window in any 24 hours.
type Portfolio struct {
	mu      sync.Mutex // guards what follows; nobody takes another lock under it
	tier    string
	most    int                      // people; 0: no limit
	reached map[string]*list.Element // by user
	recent  *list.List               // of reach, oldest first
	members []*member
}

// member is a business; told is called when the limit changes.
type member struct{ told func(was, tier string) }

type reach struct {
	user string
	at   time.Time // when they were last written to
}

// NewPortfolio returns the portfolio of a business.
func NewPortfolio(s life.Settings) *Portfolio {
	p := &Portfolio{}
	p.Reset(s)
	return p
}

// Reset forgets whom the businesses wrote to, and sets the limit.
func (p *Portfolio) Reset(s life.Settings) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tier = s.Tier
	p.most, _ = life.Users(s.Tier) // Settings.Check knows it
	if s.TierUsers > 0 {
		p.most = s.TierUsers
	}
	p.reached, p.recent = make(map[string]*list.Element), list.New()
}

// Join adds a business, until it leaves; told is called when the limit changes.
func (p *Portfolio) Join(told func(was, tier string)) (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := &member{told}
	p.members = append(p.members, m)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.members = slices.DeleteFunc(p.members, func(other *member) bool { return other == m })
	}
}

// SetTier sets the limit, and tells the businesses. The caller holds no lock of theirs.
func (p *Portfolio) SetTier(tier string) error {
	most, err := life.Users(tier)
	if err != nil {
		return err
	}
	p.mu.Lock()
	was, members := p.tier, slices.Clone(p.members)
	p.tier, p.most = tier, most
	p.mu.Unlock()
	if was != tier {
		for _, m := range members {
			m.told(was, tier)
		}
	}
	return nil
}

// Tier returns the limit, and how many people count against it.
func (p *Portfolio) Tier(now time.Time) (tier string, users int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(now)
	return p.tier, len(p.reached)
}

// Reach counts a person who is written to, and tells whether the limit allows it; and the
// limit.
func (p *Portfolio) Reach(user string, now time.Time) (allowed bool, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.most == 0 {
		return true, 0
	}
	p.forget(now)
	if e := p.reached[user]; e != nil {
		e.Value = reach{user, now}
		p.recent.MoveToBack(e)
		return true, p.most
	}
	if len(p.reached) >= p.most {
		return false, p.most
	}
	p.reached[user] = p.recent.PushBack(reach{user, now})
	return true, p.most
}

// forget drops the people to whom nobody wrote for 24 hours. The caller holds mu.
func (p *Portfolio) forget(now time.Time) {
	for e := p.recent.Front(); e != nil && now.Sub(e.Value.(reach).at) >= day; e = p.recent.Front() {
		delete(p.reached, p.recent.Remove(e).(reach).user)
	}
}
