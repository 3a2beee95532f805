package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wappasim/bot/expiry"
	"wappasim/bot/graph"
)

var (
	errStopping = errors.New("bot: the bot is stopping")
	errUnproven = errors.New("bot: waiting for a status that tells whether WhatsApp accepted a part")
	errPace     = errors.New("bot: waiting until WhatsApp's pair rate limit allows the next part")
	errTooLate  = errors.New("bot: too little of the lease was left to send the part")
)

// sendTime is what a lease leaves for beginning a part, so that an attempt to send
// it ends before the lease does.
const sendTime = expiry.Lease - graph.Timeout

// handleInactivity sends a user the history after the silence.
func (b *Bot) handleInactivity(ctx context.Context, f *expiry.Firing) error {
	if user := UserID(f.Identifier); user != f.Identifier {
		// Somebody else has set it. The user's own timer decides.
		return b.timers.SetMissing(ctx, Inactivity, user, b.cfg.Silence)
	}
	return b.queues.history(f.Identifier, func() error { return b.deliver(ctx, f) })
}

// deliver sends the parts of a history, each once it is begun. What it leaves is
// taken up where it was by the next call for the firing, in whatever replica.
func (b *Bot) deliver(ctx context.Context, f *expiry.Firing) error {
	log := b.log.With("user", f.Identifier)
	for {
		if b.stopping.Err() != nil {
			return expiry.Later(0, errStopping)
		}
		before := b.cfg.Clock.Now()
		next, err := b.begin(ctx, f)
		if err != nil {
			return err
		}
		switch next.do {
		case "lost":
			return expiry.ErrLost
		case "wait":
			return expiry.Again(next.wait, errUnproven)
		case "pace":
			return expiry.Later(next.wait, errPace)
		case "send":
		default: // there is nothing to be done, or no more
			return nil
		}
		n := len(next.data.Messages)
		if next.texts == nil {
			log.Info("⏰ User inactivity detected", "messages", n)
			s := b.session(f.Identifier, n)
			s.Messages = next.data.Messages
			next.texts = parts(b.cfg.History(s), graph.MaxText)
			if err := b.prepare(ctx, f, next.texts); err != nil || len(next.texts) == 0 {
				return err
			}
		}
		// A machine that was suspended shows it by the time of day alone.
		now := b.cfg.Clock.Now()
		if took := max(now.Sub(before), now.Round(0).Sub(before.Round(0))); took > sendTime {
			return b.release(ctx, f, next.part, expiry.Later(0, errTooLate))
		}
		if err := b.sendPart(ctx, f, next); err != nil {
			return err
		}
		if next.part == len(next.texts)-1 {
			log.Info(fmt.Sprintf("✅ Successfully echoed %d messages", n))
			return nil
		}
	}
}

func (b *Bot) begin(ctx context.Context, f *expiry.Firing) (step, error) {
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	return b.outbox.begin(ctx, f)
}

// prepare stores texts of which there is not one, as a batch has it by itself.
func (b *Bot) prepare(ctx context.Context, f *expiry.Firing, texts []string) error {
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	switch len(texts) {
	case 0:
		return b.outbox.drop(ctx, f)
	case 1:
		return nil
	}
	return b.outbox.store(ctx, f, texts)
}

// sendPart sends the part that was begun, and decides what to do if WhatsApp
// did not take it, or may not have.
func (b *Bot) sendPart(ctx context.Context, f *expiry.Firing, next step) error {
	p := part{f.Identifier, f.ID, next.part}
	id, err := b.send(ctx, "history", graph.Text{To: address(p.user, next.data.Messages), Body: next.texts[next.part], Opaque: p.String()})
	switch refused, _ := errors.AsType[*graph.Error](err); {
	case err == nil:
		return b.markSent(ctx, p, id)
	case graph.Unknown(err): // the proof is waited for
		return expiry.Again(b.cfg.ProofTimeout, err)
	case refused != nil && !refused.Temporary():
		return b.release(ctx, f, next.part, expiry.Park(err))
	case refused != nil:
		return b.release(ctx, f, next.part, expiry.Again(max(expiry.Backoff(f.Attempt, f.ID), refused.RetryAfter), err))
	}
	return b.release(ctx, f, next.part, err)
}

// release takes back that a part was begun, and returns why. If that fails, the part
// counts as one that may have been sent.
func (b *Bot) release(ctx context.Context, f *expiry.Firing, part int, why error) error {
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	if err := b.outbox.release(ctx, f, part); err != nil {
		b.log.Warn("could not record that a part was not sent; it counts as possibly sent", "user", f.Identifier, "error", err)
	}
	return why
}

// markSent marks a part as sent, and tries for as long as the mark is worth
// something: then the part may be begun again, unless a status proves it.
func (b *Bot) markSent(ctx context.Context, p part, messageID string) error {
	start := b.cfg.Clock.Now()
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		short, cancel := b.redisContext(ctx)
		err := b.outbox.mark(short, p, partSent, messageID)
		cancel()
		if err == nil {
			return nil
		}
		b.log.Warn("could not record that a part was sent, retrying", "user", p.user, "error", err)
		if b.cfg.Clock.Since(start) > b.cfg.ProofTimeout {
			return err
		}
		select {
		case <-b.stopping.Done():
			return err
		case <-b.cfg.Clock.After(wait):
		}
	}
}
