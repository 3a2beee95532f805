package bot

import (
	"context"
	"fmt"
	"strings"
)

// warnOfRedis says once, at the start, how this Redis can lose timers.
func (b *Bot) warnOfRedis(ctx context.Context) {
	losses, err := b.losses(ctx)
	if err != nil {
		b.log.Debug("could not ask Redis whether it can lose data", "error", err)
	}
	for _, loss := range losses {
		b.log.Warn("Redis can lose timers and messages: " + loss)
	}
}

// losses says how Redis, as it is set up, can lose what it has acknowledged. INFO
// tells, also where CONFIG is refused.
func (b *Bot) losses(ctx context.Context) (losses []string, err error) {
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	info := make(map[string]string)
	for _, section := range []string{"memory", "persistence"} {
		text, err := b.client.Info(ctx, section).Result()
		if err != nil {
			return nil, fmt.Errorf("bot: ask Redis for INFO %s: %w", section, err)
		}
		for line := range strings.Lines(text) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			info[name] = value
		}
	}
	if policy := info["maxmemory_policy"]; policy != "" && policy != "noeviction" {
		losses = append(losses, fmt.Sprintf("maxmemory-policy is %s, which deletes keys when memory is short; set it to noeviction", policy))
	}
	if info["aof_enabled"] == "0" {
		losses = append(losses, "appendonly is no, so that a restart loses what came since the last snapshot; set it to yes")
	}
	return losses, nil
}
