package bot

import (
	"context"

	"wappasim/bot/graph"
)

// send sends a text, once.
func (b *Bot) send(ctx context.Context, kind string, text graph.Text) (id string, err error) {
	start := b.cfg.Clock.Now()
	id, err = b.graph.SendText(ctx, text)
	b.metrics.sent(kind, b.cfg.Clock.Since(start), err)
	return id, err
}
