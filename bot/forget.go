package bot

import (
	"context"
	"fmt"
	"strings"

	"wappasim/bot/expiry"
)

// Forget erases everything of a user: messages, timers of all actions that are
// registered, histories that are being sent or parked. The marks of messages that
// were seen stay for 7 days: they are digests, and name nobody.
func (b *Bot) Forget(ctx context.Context, user string) error {
	user = UserID(user)
	if err := b.timers.Forget(ctx, user, b.actions.Actions()); err != nil {
		return err
	}
	keys := []string{b.users.key(user), b.users.paceKey(user)}
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
