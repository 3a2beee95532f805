package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wappasim/bot/expiry"
)

// Forget erases everything of a user, under all names that they have had: messages, timers
// of all actions that are registered, histories that are being sent or parked. The marks of
// messages that were seen stay for 7 days: they are digests, and name nobody.
func (b *Bot) Forget(ctx context.Context, user string) error {
	names, err := b.allNames(ctx, user)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := b.forget(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// allNames returns the names of a user: those that Redis knows to be of one person.
func (b *Bot) allNames(ctx context.Context, user string) ([]string, error) {
	names, err := b.users.names(ctx, user)
	if err != nil {
		return nil, err
	}
	first := names[len(names)-1]
	err = expiry.Scan(ctx, b.client, b.layout, "alias:*", b.redisContext, func(found []string) error {
		for _, key := range found {
			_, alias, _ := strings.Cut(key, "alias:")
			theirs, err := b.users.names(ctx, alias)
			if err != nil {
				return err
			}
			if slices.Contains(theirs, first) && !slices.Contains(names, alias) {
				names = append(names, alias)
			}
		}
		return nil
	})
	return names, err
}

func (b *Bot) forget(ctx context.Context, user string) error {
	if err := b.timers.Forget(ctx, user, b.actions.Actions()); err != nil {
		return err
	}
	keys := []string{b.users.key(user), b.users.paceKey(user), b.users.aliasKey(user)}
	err := expiry.Scan(ctx, b.client, b.layout, "batch:"+user+":*", b.redisContext, func(found []string) error {
		for _, key := range found { // what a user is called may be a pattern that others match
			if strings.HasPrefix(key, b.outbox.key(user, "")) {
				keys = append(keys, key)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := b.client.Del(ctx, key).Err(); err != nil {
			return fmt.Errorf("bot: forget %s: %w", user, err)
		}
	}
	return nil
}
