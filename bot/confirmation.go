package bot

import (
	"context"
	"time"

	"wappasim/bot/graph"
)

const (
	// WhatsApp lets a business send a user one message in 6 seconds, or up to 45 at once
	// that later ones make up for (Meta's guide to throughput). Confirmations may use
	// two thirds of that. The rest is for histories. Beyond it, lua/append_once.lua
	// says that a message needs no confirmation; the next one counts it too.
	pairInterval = 6 * time.Second
	pairBurst    = 45
	confirmBurst = 30

	// uncounted is how many confirmations of a session are counted only when its history
	// is sent. Few sessions have more, and this saves a write to Redis for each message.
	uncounted = 5
)

// paceKey holds how much of WhatsApp's pair rate limit a user's messages have used up.
func (c *UserCache) paceKey(user string) string { return c.layout.Prefix(user) + "pace:" + user }

// confirm queues the confirmation of a message. It is attempted once: a confirmation that
// WhatsApp refuses is not worth another attempt.
func (b *Bot) confirm(s confirmation) {
	queued := b.queues.confirm(s.User, func() {
		text := b.cfg.Confirmation(s.Session)
		if text == "" {
			return
		}
		if s.Count == 1 {
			text = b.cfg.Welcome(s.Session) + "\n\n" + text
		}
		for _, part := range parts([]string{text}, graph.MaxText) {
			if _, err := b.send(context.Background(), "confirmation", graph.Text{To: s.to, Body: part}); err != nil {
				b.log.Warn("a confirmation was not sent", "user", s.User, "message", s.Count, "error", err)
				return
			}
		}
	})
	if !queued {
		b.metrics.confirmations.WithLabelValues("dropped").Inc()
	}
}
