package bot

import (
	"context"
	"fmt"
	"strings"

	"wappasim/bot/expiry"
	"wappasim/bot/graph"
	"wappasim/bot/webhook"
)

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
		return b.outbox.mark(ctx, p, partSent, s.ID)
	case "delivered", "read", "played":
		return b.outbox.mark(ctx, p, partDelivered, s.ID)
	case "failed":
		return b.handleFailed(ctx, p, s)
	}
	return nil
}

// handleFailed has a history that failed sent again, if that can help, or parked.
func (b *Bot) handleFailed(ctx context.Context, p part, s webhook.Status) error {
	reason, temporary := "WhatsApp reported a failure without a reason", false
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
	did, err := b.outbox.fail(ctx, p, s.ID, parked, temporary)
	if err != nil {
		return err
	}
	log := b.log.With("user", p.user, "reason", reason)
	switch did {
	case failedAgain:
		log.Warn("WhatsApp could not deliver a history; it is sent again")
		b.worker.LookWithin(Inactivity, p.user, expiry.Backoff(1, p.id))
	case failedParked:
		log.Error("WhatsApp could not deliver a history; it is parked")
	}
	return nil
}
