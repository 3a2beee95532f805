package bot

import (
	"context"
	"fmt"

	"wappasim/bot/webhook"
)

// storeMessages stores the messages of a webhook and restarts their users'
// timers, within the time that WhatsApp may wait. It returns a session for each
// new one, also when a later one failed: delivered again, it would not be new.
func (b *Bot) storeMessages(ctx context.Context, messages []webhook.Message) (stored []Session, err error) {
	ctx, cancel := b.cfg.Clock.WithTimeout(context.WithoutCancel(ctx), webhookTimeout)
	defer cancel()
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
		short, cancel := b.cfg.Clock.WithTimeout(ctx, storeTimeout)
		n, fresh, err := b.users.Append(short, user, Message{ID: m.ID, At: at, Type: m.Type, Text: m.Text}, Inactivity, b.cfg.Silence)
		cancel()
		if err != nil {
			return stored, err
		}
		if !fresh {
			b.metrics.messages.WithLabelValues("duplicate").Inc()
			log.Info("message came before, not stored again")
			continue
		}
		b.metrics.messages.WithLabelValues("stored").Inc()
		log.Info(fmt.Sprintf("💾 Stored message #%d", n))
		log.Info(fmt.Sprintf("⏰ Started/reset %ds inactivity timer", int(b.cfg.Silence.Seconds())))
		stored = append(stored, b.session(user, n))
	}
	return stored, nil
}

// concerns tells whether a message is for this bot and from somebody it can
// answer. An app has one callback for all its numbers.
func (b *Bot) concerns(m webhook.Message) bool {
	switch {
	case m.From == "":
		b.log.Warn("a message without sender is passed over", "id", m.ID, "type", m.Type)
		return false
	case m.PhoneNumberID != b.cfg.PhoneNumberID:
		b.log.Warn("a message to another number is passed over", "phone_number_id", m.PhoneNumberID, "want", b.cfg.PhoneNumberID)
		return false
	case b.cfg.BusinessID != "" && m.BusinessID != b.cfg.BusinessID:
		b.log.Warn("a message came through another business account than configured", "business_id", m.BusinessID, "want", b.cfg.BusinessID)
	}
	return true
}

// confirm tells a user that a message was stored.
func (b *Bot) confirm(s Session) {
	text := b.cfg.Confirmation(s)
	if text == "" {
		return
	}
	if s.Count == 1 {
		text = b.cfg.Welcome(s) + "\n\n" + text
	}
	if err := b.send(s.User, "confirmation", text); err != nil {
		b.log.Error("a confirmation was not sent", "user", s.User, "message", s.Count, "error", err)
	}
}

// handleStatuses logs what WhatsApp says of the bot's own messages.
func (b *Bot) handleStatuses(u webhook.Update) {
	for _, s := range u.Statuses {
		if len(s.Errors) == 0 {
			b.log.Debug("message status", "id", s.ID, "status", s.Status)
		}
		for _, e := range s.Errors {
			b.log.Warn("message status", "id", s.ID, "status", s.Status, "user", UserID(s.Recipient), "code", e.Code, "title", e.Title, "details", e.Details)
		}
	}
	for _, e := range u.Errors {
		b.log.Warn("WhatsApp reports an error", "code", e.Code, "title", e.Title, "details", e.Details)
	}
}

func (b *Bot) session(user string, n int) Session {
	return Session{User: user, Count: n, Silence: b.cfg.Silence, Location: b.cfg.Location}
}
