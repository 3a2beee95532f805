package bot

import "wappasim/bot/graph"

// send sends a text in as many messages as it needs, in order.
func (b *Bot) send(user, kind string, pieces ...string) error {
	for _, part := range parts(pieces, graph.MaxText) {
		start := b.cfg.Clock.Now()
		_, err := b.graph.SendText(b.stopping, user, part)
		b.metrics.sent(kind, b.cfg.Clock.Since(start), err)
		if err != nil {
			return err
		}
	}
	return nil
}
