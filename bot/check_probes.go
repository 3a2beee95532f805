package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"wappasim/bot/expiry"
)

// checkMessages stores two messages where no bot looks for users, so that none
// answers them even if they cannot be removed.
func (b *Bot) checkMessages(ctx context.Context) (detail string, err error) {
	short, cancel := b.redisContext(ctx)
	defer cancel()
	user := "check-" + b.cfg.NewID()
	users := newUserCache(b.client, b.layout, b.cfg.NewID, checkKind, b.cfg.SessionLimit, 1)
	ids := []string{user + "-1", user + "-2"}
	defer func() {
		ctx, cancel := b.redisContext(ctx)
		defer cancel()
		left := b.client.Del(ctx, users.seenKey(user, ids[0]), users.seenKey(user, ids[1]), users.paceKey(user)).Err()
		err = cmp.Or(err, errors.Join(b.timers.Delete(ctx, checkAction, user), users.Delete(ctx, user), left))
	}()
	for i, id := range ids {
		stored, err := users.Append(short, user, Message{ID: id, At: b.cfg.Clock.Now().UTC(), Type: "text", Text: "probe"}, checkAction, time.Minute)
		if err != nil {
			return "", err
		}
		if stored.N != i+1 || !stored.New {
			return "", fmt.Errorf("message %d was stored as number %d (new: %t)", i+1, stored.N, stored.New)
		}
	}
	data, err := users.Get(short, user)
	if err != nil {
		return "", err
	}
	if len(data.Messages) != len(ids) {
		return "", fmt.Errorf("stored %d messages, read %d back", len(ids), len(data.Messages))
	}
	return fmt.Sprintf("%d of %d messages were read back", len(data.Messages), len(ids)), nil
}

// checkTimer sets a timer of an action that no bot has, restarts it halfway, and
// has a worker of its own claim it, while it listens for the event.
func (b *Bot) checkTimer(ctx context.Context) (detail string, err error) {
	ctx, cancel := b.cfg.Clock.WithTimeout(ctx, checkWait)
	defer cancel()
	id := b.cfg.NewID()
	fired, heard := make(chan *expiry.Firing, 1), make(chan time.Time, 1)
	actions := &expiry.Registry{}
	err = actions.OnExpire(checkAction, func(_ context.Context, f *expiry.Firing) error {
		if f.Identifier == id {
			fired <- f
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	worker := &expiry.Worker{
		Client: b.client, Layout: b.layout, Registry: actions, Clock: b.cfg.Clock, Logger: b.log, NewID: b.cfg.NewID, RetryFor: checkWait,
	}
	timers := &expiry.Timers{Client: b.client, Layout: b.layout, Worker: worker}
	listener := &expiry.Listener{
		Client: b.triggers, Layout: b.layout, Registry: actions, Clock: b.cfg.Clock, Logger: b.log, Subscribed: func() {},
		Heard: func(_, identifier string) {
			if identifier == id {
				heard <- b.cfg.Clock.Now()
			}
		},
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); listener.Run(running) }()
	working := make(chan error, 1)
	go func() { working <- worker.Run(running) }()
	defer func() {
		stop()
		<-ended
		ctx, cancel := b.redisContext(ctx)
		defer cancel()
		err = cmp.Or(err, <-working, timers.Forget(ctx, id, []string{checkAction}))
	}()
	if err := timers.Set(ctx, checkAction, id, checkDelay); err != nil {
		return "", err
	}
	b.cfg.Clock.Sleep(checkDelay / 2)
	due := b.cfg.Clock.Now().Add(checkDelay)
	if err := timers.Set(ctx, checkAction, id, checkDelay); err != nil {
		return "", err
	}
	select {
	case f := <-fired:
		if early := due.Sub(b.cfg.Clock.Now()); early > checkDelay/4 {
			return "", fmt.Errorf("it fired %s early: the restart had no effect", early)
		}
		detail = fmt.Sprintf("it was claimed %s late", f.Late)
	case <-ctx.Done():
		return "", fmt.Errorf("it did not fire within %s", checkWait)
	}
	select {
	case at := <-heard:
		return fmt.Sprintf("%s, and its event came %s late", detail, max(at.Sub(due), 0).Round(time.Millisecond)), nil
	case <-b.cfg.Clock.After(eventWait):
		return detail + ", and its event did not come", nil
	}
}
