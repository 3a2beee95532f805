package bot

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"wappasim/bot/webhook"
)

// confirmation is one that is to be sent to a user.
type confirmation struct {
	Session
	to string // how the user is reached
}

// storeMessages stores the messages of a webhook and restarts their users' timers.
// It returns a confirmation for each new one that should be confirmed, also when a later
// one failed: delivered again, it would not be new. Full are the users whose session is
// full: the caller has the worker look at their timers after it has confirmed.
func (b *Bot) storeMessages(ctx context.Context, messages []webhook.Message) (confirm []confirmation, full []string, err error) {
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
		in, to, stored, err := b.storeMessage(ctx, m, at)
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
			confirm = append(confirm, confirmation{b.session(in, stored.N), to})
		}
		if stored.N >= b.cfg.SessionLimit {
			full = append(full, in)
		}
		b.metrics.messages.WithLabelValues("stored").Inc()
		log.Info(fmt.Sprintf("💾 Stored message #%d", stored.N))
		log.Info(fmt.Sprintf("⏰ Started/reset %ds inactivity timer", int(b.cfg.Silence.Seconds())))
	}
	return confirm, full, nil
}

// storeMessage stores a message. In is the user in whose session it is, and to is how the
// sender is reached from now on.
func (b *Bot) storeMessage(ctx context.Context, m webhook.Message, at time.Time) (in, to string, stored Appended, err error) {
	ctx, cancel := b.cfg.Clock.WithTimeout(ctx, storeTimeout)
	defer cancel()
	user := UserID(m.From)
	if m.NewUserID != "" {
		if user, to, err = b.users.rename(ctx, user, m.NewNumber, m.NewUserID); err != nil {
			return "", "", Appended{}, err
		}
	}
	in, stored, err = b.users.append(ctx, user, Message{ID: m.ID, At: at, Type: m.Type, Text: m.Text, To: to}, Inactivity, b.cfg.Silence)
	if err == nil && stored.New {
		b.worker.LookWithin(Inactivity, in, b.cfg.Silence)
	}
	return in, cmp.Or(to, UserID(m.From)), stored, err
}

// concerns tells whether a message is for this bot and from somebody it can
// answer. An app has one callback for all its numbers.
func (b *Bot) concerns(m webhook.Message) bool {
	switch {
	case m.From == "":
		b.log.Warn("message ignored: it has no sender", "id", m.ID, "type", m.Type)
		return false
	case m.Group != "":
		b.log.Info("message passed over: it was said in a group", "id", m.ID, "group", m.Group, "type", m.Type)
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
