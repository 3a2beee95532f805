package fakewa

import (
	"slices"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
)

const (
	windowTime    = 24 * time.Hour // after a user wrote, in which free-form messages arrive
	outsideWindow = 131047
)

// window decides 131047: it returns the reason why a free-form message is outside the
// 24-hour window, or nil. The caller holds mu.
func (s *Server) window(c *conversation, m *message.Message) *graph.Error {
	if s.cfg.Window == WindowOff || m.Template != nil || m.Group {
		return nil
	}
	if c.wrote.IsZero() {
		return graph.New(outsideWindow, "%s has never written to this business; only a template may be sent.", c.user)
	}
	if since := s.clock.Now().Sub(c.wrote); since > windowTime {
		return graph.New(outsideWindow, "Last message from %s was %s ago, more than 24 hours; only a template may be sent.", c.user, since.Round(time.Second))
	}
	return nil
}

const portfolioLimit = 131048

// outreach returns why Meta takes a message and does not deliver it, by what the user wants and
// whom the business may write to, or nil. Only messages that arrive otherwise are asked about,
// since they count. The caller holds mu.
func (s *Server) outreach(c *conversation, m *message.Message, t *storedTemplate) *graph.Error {
	set, now := &s.cfg.Life, s.clock.Now()
	marketing := t != nil && t.Category == "MARKETING"
	if marketing && c.stopped && !set.IgnoreStops {
		return graph.New(131050, "%s has stopped marketing messages of this business.", c.user)
	}
	if m.Group || !c.wrote.IsZero() && now.Sub(c.wrote) <= windowTime {
		return nil
	}
	capped := marketing && set.Cap > 0
	if capped {
		c.marketed = slices.DeleteFunc(c.marketed, func(at time.Time) bool { return now.Sub(at) >= set.CapTime })
		if len(c.marketed) >= set.Cap {
			return graph.New(131049, "%s got %d marketing messages of this business within %s.", c.user, len(c.marketed), set.CapTime)
		}
	}
	if ok, most := s.portfolio.Reach(c.user, now); !ok {
		return graph.New(portfolioLimit, "The business has written to so many people outside of a window in 24 hours as its limit allows: %d.", most)
	}
	if capped {
		c.marketed = append(c.marketed, now)
	}
	return nil
}
