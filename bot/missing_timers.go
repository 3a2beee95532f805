package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
)

const (
	// missingTimersEvery is how often the bot looks through all of Redis for timers of
	// which a part is missing. It does so at each subscription, too.
	missingTimersEvery = 10 * time.Minute

	// missingTimersRetry is how soon it does after a failure, and after its start if
	// it cannot subscribe.
	missingTimersRetry = 5 * time.Second
)

// keepTimersComplete sets the timers that are missing until ctx ends.
func (b *Bot) keepTimersComplete(ctx context.Context) {
	for wait := missingTimersRetry; ; {
		timer := b.cfg.Clock.Timer(wait)
		select {
		case <-timer.C:
		case <-b.subscribed:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
		wait = missingTimersEvery
		if err := b.setMissingTimers(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn("looking for missing timers failed, retrying", "error", err, "in", missingTimersRetry)
			wait = missingTimersRetry
		}
	}
}

// setMissingTimers repairs timers, and sets one for each session that has none: as an
// earlier version of the bot has left it, or a Redis that lost the one and not the
// other.
func (b *Bot) setMissingTimers(ctx context.Context) error {
	if err := b.worker.Repair(ctx, b.triggers); err != nil {
		return err
	}
	return b.scanSessions(ctx)
}

func (b *Bot) scanSessions(ctx context.Context) error {
	type session struct {
		user     string
		end      *redis.StringCmd
		deadline *redis.FloatCmd
		firing   *redis.IntCmd
	}
	return expiry.Scan(ctx, b.client, b.layout, "user:*", b.redisContext, func(keys []string) error {
		ctx, cancel := b.redisContext(ctx)
		defer cancel()
		var sessions []session
		_, _ = b.client.Pipelined(ctx, func(p redis.Pipeliner) error { // each command has its own error
			for _, key := range keys {
				_, user, _ := strings.Cut(key, "user:")
				sessions = append(sessions, session{
					user, p.GetRange(ctx, key, -3, -1),
					p.ZScore(ctx, b.layout.Deadlines(Inactivity, user), user), p.Exists(ctx, b.layout.Firing(Inactivity, user)),
				})
			}
			return nil
		})
		for _, s := range sessions {
			if err := errors.Join(s.end.Err(), s.firing.Err()); err != nil && !redis.HasErrorPrefix(s.end.Err(), "WRONGTYPE") {
				return fmt.Errorf("bot: look at the session of %s: %w", s.user, err)
			}
			if s.end.Val() != "}]}" || s.firing.Val() == 1 || s.deadline.Err() == nil {
				continue
			}
			if err := s.deadline.Err(); !errors.Is(err, redis.Nil) {
				return fmt.Errorf("bot: look for the timer of %s: %w", s.user, err)
			}
			b.log.Info("a session had no timer; its history is sent now", "user", s.user)
			if err := b.timers.SetMissing(ctx, Inactivity, s.user, time.Millisecond); err != nil {
				return err
			}
		}
		return nil
	})
}
