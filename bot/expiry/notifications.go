package expiry

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

const setting = "notify-keyspace-events"

// EnableNotifications makes Redis announce expired keys. It adds the missing flags to the
// current setting, because CONFIG SET replaces it, and sets nothing if none is missing.
func EnableNotifications(ctx context.Context, client redis.UniversalClient) error {
	flags, err := Notifications(ctx, client)
	if err != nil {
		return err
	}
	missing := missingFlags(flags)
	if missing == "" {
		return nil
	}
	if err := client.ConfigSet(ctx, setting, flags+missing).Err(); err != nil {
		return fmt.Errorf("expiry: set %s to %q: %w", setting, flags+missing, err)
	}
	return nil
}

// Notifications returns Redis' setting of notify-keyspace-events.
func Notifications(ctx context.Context, client redis.UniversalClient) (flags string, err error) {
	config, err := client.ConfigGet(ctx, setting).Result()
	if err != nil {
		return "", fmt.Errorf("expiry: get %s: %w", setting, err)
	}
	return config[setting], nil
}

// missingFlags returns what a setting of notify-keyspace-events lacks for Redis
// to announce expired keys. Redis writes the flags in an order of its own: "Ex"
// comes back as "xE".
func missingFlags(flags string) (missing string) {
	if !strings.Contains(flags, "E") {
		missing += "E"
	}
	if !strings.ContainsAny(flags, "xA") {
		missing += "x"
	}
	return missing
}
