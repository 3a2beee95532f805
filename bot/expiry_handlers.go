package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	takeAttempts     = 6 // of one session, the first included
	firstTakeBackoff = time.Second
)

// handleInactivity sends a user the history after the silence.
func (b *Bot) handleInactivity(ctx context.Context, user, _ string) error {
	done := make(chan error, 1)
	id := b.cfg.NewID()
	b.work.add(user, func() {
		err := errors.New("bot: it panicked")
		defer func() { done <- err }()
		err = b.echo(ctx, user, id)
	})
	return <-done
}

// echo takes the user's session, if there is one whose timer is not running,
// and sends it back. Of several calls for one silence, each with an id of its
// own, one finds a session. A bot that is stopping leaves it for the next one.
func (b *Bot) echo(ctx context.Context, user, id string) error {
	if b.stopping.Err() != nil {
		return nil
	}
	data, sent, err := b.take(ctx, user, id)
	if err != nil {
		return err
	}
	n := len(data.Messages)
	if n == 0 {
		return nil
	}
	log := b.log.With("user", user)
	log.Info("⏰ User inactivity detected", "messages", n)
	s := b.session(user, n)
	s.Messages = data.Messages
	if err := b.send(user, "history", b.cfg.History(s)...); err != nil {
		return fmt.Errorf("bot: send the history of %s, which stays under %s%s:*: %w", user, unsentPrefix, user, err)
	}
	log.Info(fmt.Sprintf("✅ Successfully echoed %d messages", n))
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	return sent(ctx)
}

// take takes the user's session, and tries again when Redis fails, six times at
// most and for half a minute. Whichever of the attempts it was that Redis
// carried out, the session is the answer.
func (b *Bot) take(ctx context.Context, user, id string) (data UserData, sent func(context.Context) error, err error) {
	wait := firstTakeBackoff
	for n := 1; ; n++ {
		short, cancel := b.redisContext(ctx)
		data, sent, err = b.users.take(short, user, Inactivity, id)
		cancel()
		if err == nil || n == takeAttempts {
			return data, sent, err
		}
		select {
		case <-b.stopping.Done():
			return data, sent, err
		case <-b.cfg.Clock.After(wait):
		}
		wait *= 2
	}
}

// reconcile sends the histories whose events were missed: those of sessions
// without a timer. It runs at each subscription.
func (b *Bot) reconcile(ctx context.Context) error {
	var cursor uint64
	for {
		users, next, err := b.silent(ctx, cursor)
		if _, refused := errors.AsType[redis.Error](err); refused {
			b.log.Error("Redis refuses the search for missed timers", "error", err)
			return nil // it would refuse the next one too
		}
		if err != nil {
			return err
		}
		for _, user := range users {
			b.log.Info("a timer lapsed unheard", "user", user)
			id := b.cfg.NewID()
			b.work.add(user, func() {
				if err := b.echo(ctx, user, id); err != nil {
					b.log.Error("a missed timer could not be handled", "user", user, "error", err)
				}
			})
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// silent returns those of a page of sessions whose timer is not running.
func (b *Bot) silent(ctx context.Context, cursor uint64) (users []string, next uint64, err error) {
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	const page = 1000
	keys, next, err := b.sessions.Scan(ctx, cursor, userPrefix+"*", page).Result()
	if err != nil {
		return nil, 0, fmt.Errorf("bot: scan sessions: %w", err)
	}
	for _, key := range keys {
		user := key[len(userPrefix):]
		running, err := b.timers.Exists(ctx, Inactivity, user)
		if err != nil {
			return nil, 0, err
		}
		if !running {
			users = append(users, user)
		}
	}
	return users, next, nil
}
