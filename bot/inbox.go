package bot

import (
	"context"
	"fmt"

	"wappasim/bot/webhook"
)

// storeMessages stores the messages of a webhook and restarts their users' timers.
// It returns a session for each new one that should be confirmed, also when a later
// one failed: delivered again, it would not be new. Full are the users whose session is
// full: the caller has the worker look at their timers after it has confirmed.
func (b *Bot) storeMessages(ctx context.Context, messages []webhook.Message) (confirm []Session, full []string, err error) {
	for _, m := range messages {
		user := UserID(m.From)
		log := b.log.With("user", user, "id", m.ID)
		if !b.concerns(m) {
			b.metrics.messages.WithLabelValues("ignored").Inc()
			continue
		}
		log.Info("📬 Message from "+user, "type", m.Type)
		log.Debug("message text", "text", m.Text)
		at := m.At
		if at.IsZero() {
			at = b.cfg.Clock.Now().UTC()
		}
		if m.Edits != "" || m.Deletes != "" {
			if err := b.change(ctx, user, m, at); err != nil {
				return confirm, full, err
			}
			continue
		}
		stored, err := b.storeMessage(ctx, user, Message{ID: m.ID, At: at, Type: m.Type, Text: m.Text})
		if err != nil {
			return confirm, full, err
		}
		switch {
		case !stored.New:
			b.metrics.messages.WithLabelValues("duplicate").Inc()
			log.Info("duplicate message, not stored again")
			continue
		case !stored.Confirm:
			b.metrics.confirmations.WithLabelValues("merged").Inc()
		default:
			confirm = append(confirm, b.session(user, stored.N))
		}
		if stored.N >= b.cfg.SessionLimit {
			full = append(full, user)
		}
		b.metrics.messages.WithLabelValues("stored").Inc()
		log.Info(fmt.Sprintf("💾 Stored message #%d", stored.N))
		log.Info(fmt.Sprintf("⏰ Started/reset %ds inactivity timer", int(b.cfg.Silence.Seconds())))
	}
	return confirm, full, nil
}

func (b *Bot) storeMessage(ctx context.Context, user string, m Message) (Appended, error) {
	ctx, cancel := b.cfg.Clock.WithTimeout(ctx, storeTimeout)
	defer cancel()
	stored, err := b.users.Append(ctx, user, m, Inactivity, b.cfg.Silence)
	if err == nil && stored.New {
		b.worker.LookWithin(Inactivity, user, b.cfg.Silence)
	}
	return stored, err
}

// concerns tells whether a message is for this bot and from somebody it can
// answer. An app has one callback for all its numbers.
func (b *Bot) concerns(m webhook.Message) bool {
	switch {
	case m.From == "":
		b.log.Warn("message ignored: it has no sender", "id", m.ID, "type", m.Type)
		return false
	case m.PhoneNumberID != b.cfg.PhoneNumberID:
		b.log.Warn("message ignored: it is for another number; check the phone number id", "phone_number_id", m.PhoneNumberID, "want", b.cfg.PhoneNumberID)
		return false
	case b.cfg.BusinessID != "" && m.BusinessID != b.cfg.BusinessID:
		b.log.Warn("message is from another business account; check the business id", "business_id", m.BusinessID, "want", b.cfg.BusinessID)
	}
	return true
}

func (b *Bot) session(user string, n int) Session {
	return Session{User: user, Count: n, Silence: b.cfg.Silence, Location: b.cfg.Location}
}
