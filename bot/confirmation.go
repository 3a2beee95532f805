package bot

import (
	"context"
	"time"

	"wappasim/bot/graph"
)

const (
	// WhatsApp lets a business send a user one message in 6 seconds, and up to 45
	// at once on account of the future (Meta's guide to throughput). A third of
	// that is kept from the confirmations, for histories.
	pairInterval = 6 * time.Second
	pairBurst    = 45
	confirmBurst = 30

	// uncounted is how many confirmations of a session count against that only when
	// its history does: few sessions have more, and Redis is spared the count.
	uncounted = 5
)

// paceKey is what a user's share of WhatsApp's pair rate limit is reckoned by.
func (c *UserCache) paceKey(user string) string { return c.layout.Prefix(user) + "pace:" + user }

// confirm has a user told that a message was stored, once: what WhatsApp refuses
// is not worth another attempt.
func (b *Bot) confirm(s Session) {
	queued := b.queues.confirm(s.User, func() {
		text := b.cfg.Confirmation(s)
		if text == "" {
			return
		}
		if s.Count == 1 {
			text = b.cfg.Welcome(s) + "\n\n" + text
		}
		for _, part := range parts([]string{text}, graph.MaxText) {
			if _, err := b.send(context.Background(), "confirmation", graph.Text{To: s.User, Body: part}); err != nil {
				b.log.Warn("a confirmation was not sent", "user", s.User, "message", s.Count, "error", err)
				return
			}
		}
	})
	if !queued {
		b.metrics.confirmations.WithLabelValues("dropped").Inc()
	}
}
