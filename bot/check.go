package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
)

const (
	checkAction = "wappasim_check"
	checkKind   = "check"          // of the probe's keys
	checkDelay  = time.Second      // of the probe timer
	checkWait   = 10 * time.Second // for its firing
	eventWait   = time.Second      // for its event, after that
)

// warning is what is wrong and loses nothing by itself.
type warning struct{ error }

// Check looks for what is wrong with a set-up: Redis, what it can lose, its events,
// the bot's own handler, storing a message, a timer that is restarted and fires,
// what is overdue or parked, and the access to WhatsApp. It writes a line for each,
// with what to do, takes a few seconds, and leaves nothing behind. It returns an
// error if anything is wrong that makes the bot fail.
func Check(ctx context.Context, cfg Config, w io.Writer) error {
	cfg.Logger = slog.New(slog.DiscardHandler)
	b, err := New(cfg)
	if err != nil {
		return err
	}
	defer b.Close()
	checks := []struct {
		what, advice string
		run          func(*Bot, context.Context) (detail string, err error)
		needsRedis   bool
	}{
		{"Redis is reachable", "start redis-server and check REDIS_URL; the bot needs databases 0 and 3", (*Bot).checkRedis, false},
		{"Redis keeps its data", "set it with redis-cli CONFIG SET, or in your provider's console", (*Bot).checkLosses, true},
		{"Redis announces expired keys", "set it with redis-cli CONFIG SET notify-keyspace-events Ex, or in your provider's console; timers fire without it", (*Bot).checkNotifications, true},
		{"the handler of " + Inactivity + " is registered", "call OnExpire before Run", (*Bot).checkHandler, false},
		{"messages are stored and appended", "check the memory of Redis and the rights of its user, who needs EVALSHA, EVAL and SELECT", (*Bot).checkMessages, true},
		{"a timer is set, restarted and fires", "check the load of Redis and of this machine", (*Bot).checkTimer, true},
		{"nothing is overdue or parked", "check that a bot is running; bot -parked lists the reasons, bot -requeue sends the histories again", (*Bot).checkBacklog, true},
		{"WhatsApp accepts the token and the phone id", "check WHATSAPP_TOKEN, WHATSAPP_PHONE_ID and WHATSAPP_GRAPH_URL", (*Bot).checkGraph, false},
	}
	failed := 0
	reachable := true
	for i, c := range checks {
		if c.needsRedis && !reachable {
			fmt.Fprintf(w, "⏭️ %s: skipped, because Redis is not reachable\n", c.what)
			continue
		}
		detail, err := c.run(b, ctx)
		if err == nil {
			fmt.Fprintf(w, "✅ %s: %s\n", c.what, detail)
			continue
		}
		mark := "⚠️"
		if _, harmless := errors.AsType[*warning](err); !harmless {
			mark = "❌"
			failed++
			reachable = reachable && i > 0
		}
		fmt.Fprintf(w, "%s %s: %s\n   %s\n", mark, c.what, strings.ReplaceAll(err.Error(), "\n", "; "), c.advice)
	}
	if failed > 0 {
		return fmt.Errorf("bot: check: %d of %d failed", failed, len(checks))
	}
	return nil
}

func (b *Bot) checkRedis(ctx context.Context) (string, error) {
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	start := b.cfg.Clock.Now()
	clients, what := map[int]redis.UniversalClient{usersDB: b.client}, "the cluster"
	if !b.layout.Cluster {
		clients[expiry.DB], what = b.triggers, fmt.Sprintf("databases %d and %d", usersDB, expiry.DB)
	}
	for db, client := range clients {
		if err := client.Ping(ctx).Err(); err != nil {
			return "", fmt.Errorf("database %d: %w", db, err)
		}
	}
	return fmt.Sprintf("%s answered in %s", what, b.cfg.Clock.Since(start).Round(time.Microsecond)), nil
}

func (b *Bot) checkLosses(ctx context.Context) (string, error) {
	losses, err := b.losses(ctx)
	if err != nil {
		return "", &warning{err}
	}
	if losses != nil {
		return "", &warning{errors.New(strings.Join(losses, "; "))}
	}
	return "appendonly is yes, and nothing is evicted", nil
}

// checkNotifications turns the events on as the bot does when it starts.
func (b *Bot) checkNotifications(ctx context.Context) (string, error) {
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	if err := expiry.EnableNotifications(ctx, b.triggers); err != nil {
		return "", &warning{err}
	}
	flags, err := expiry.Notifications(ctx, b.triggers)
	if err != nil {
		return "", &warning{err}
	}
	return fmt.Sprintf("notify-keyspace-events is %q", flags), nil
}

func (b *Bot) checkHandler(context.Context) (string, error) {
	if !b.actions.Has(Inactivity) {
		return "", errors.New("no handler is registered")
	}
	return "yes", nil
}

// checkBacklog looks for timers that are due and that nobody claims, and for what
// waits for a person.
func (b *Bot) checkBacklog(ctx context.Context) (string, error) {
	const slack = 2 * time.Second // for a bot to claim what is due just now
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	before, err := b.timers.Count(ctx, Inactivity)
	if err != nil {
		return "", err
	}
	if before.Due > 0 {
		b.cfg.Clock.Sleep(slack)
	}
	n, err := b.timers.Count(ctx, Inactivity)
	if err != nil {
		return "", err
	}
	parked, err := b.timers.CountParked(ctx)
	if err != nil {
		return "", err
	}
	detail := fmt.Sprintf("timers: %d pending, %d of them due; histories: %d being sent, %d parked", n.Pending, n.Due, n.Claimed, parked)
	if parked > 0 || before.Due > 0 && n.Due >= before.Due {
		return "", &warning{errors.New(detail)}
	}
	return detail, nil
}

func (b *Bot) checkGraph(ctx context.Context) (string, error) {
	display, err := b.graph.PhoneNumber(ctx)
	if err != nil {
		return "", err
	}
	return "the number is " + display, nil
}
