package bot

import (
	"context"

	"wappasim/bot/expiry"
)

// Parked lists the firings that could not be handled, including histories. They stay
// until somebody calls Requeue or Forget.
func (b *Bot) Parked(ctx context.Context) ([]expiry.Parked, error) { return b.timers.Parked(ctx) }

// Requeue makes a parked firing due again, so that any replica handles it.
func (b *Bot) Requeue(ctx context.Context, p expiry.Parked) error { return b.timers.Requeue(ctx, p, 0) }
