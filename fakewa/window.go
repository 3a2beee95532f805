package fakewa

import (
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
