package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wappasim/bot/expiry"
	"wappasim/bot/graph"
	"wappasim/bot/webhook"
)

// maxFailures is how often a history that WhatsApp took is sent again by itself
// after a status says that it failed.
const maxFailures = 5

// handleStatuses takes what WhatsApp says of the bot's own messages: proof that a
// part of a history was sent, or that it failed after all.
func (b *Bot) handleStatuses(ctx context.Context, u webhook.Update) error {
	for _, e := range u.Errors {
		b.log.Warn("WhatsApp reports an error", "code", e.Code, "title", e.Title, "details", e.Details)
	}
	for _, s := range u.Statuses {
		log := b.log.With("id", s.ID, "status", s.Status, "user", UserID(s.Recipient))
		log.Debug("message status")
		for _, e := range s.Errors {
			log.Warn("message status", "code", e.Code, "title", e.Title, "details", e.Details)
		}
		p, err := parsePart(s.Opaque)
		if err != nil {
			continue // of a confirmation, or of somebody else's message
		}
		if err := b.handleStatus(ctx, p, s); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bot) handleStatus(ctx context.Context, p part, s webhook.Status) error {
	ctx, cancel := b.cfg.Clock.WithTimeout(ctx, storeTimeout)
	defer cancel()
	switch s.Status {
	case "sent":
		return b.batches.mark(ctx, p, partSent, s.ID)
	case "delivered", "read", "played":
		return b.batches.mark(ctx, p, partDelivered, s.ID)
	case "failed":
		return b.handleFailed(ctx, p, s)
	}
	return nil
}

// handleFailed parks a history that failed, and sends it again by itself if that
// can help.
func (b *Bot) handleFailed(ctx context.Context, p part, s webhook.Status) error {
	reason, temporary := "WhatsApp says that it failed, and not why", false
	var reasons []string
	for _, e := range s.Errors {
		reasons = append(reasons, strings.TrimRight(fmt.Sprintf("code %d: %s: %s", e.Code, e.Title, e.Details), ": "))
		temporary = temporary || graph.Temporary(e.Code)
	}
	if reasons != nil {
		reason = strings.Join(reasons, "; ")
	}
	now := b.cfg.Clock.Now().UTC()
	parked := expiry.Parked{Action: Inactivity, Identifier: p.user, ID: p.id, Reason: reason, Due: now, At: now, Attempts: 1}
	failures, err := b.batches.fail(ctx, p, s.ID, parked)
	if err != nil || failures == 0 {
		return err
	}
	log := b.log.With("user", p.user, "reason", reason)
	if temporary && failures <= maxFailures {
		err := b.timers.Requeue(ctx, parked, expiry.Backoff(failures, p.id))
		if err == nil {
			log.Warn("a history failed, and is sent again")
			return nil
		}
		if !errors.Is(err, expiry.ErrBusy) {
			log.Warn("a failed history cannot be sent again by itself", "error", err)
		}
	}
	log.Error("a history failed, and is parked")
	return nil
}
