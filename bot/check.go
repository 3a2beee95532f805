package bot

import (
	"cmp"
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
	checkPrefix = "wappa:check:"
	checkTTL    = time.Second      // of the probe trigger
	checkWait   = 10 * time.Second // for its event
)

// Check looks for what is wrong with a set-up: Redis, its events, the bot's own
// handler, storing a message, a timer that is restarted and fires, and the
// access to WhatsApp. It writes a line for each, with what to do, takes a
// few seconds, and leaves nothing behind. It returns an error if anything is wrong.
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
		needs        int // how many of the checks above must hold
	}{
		{"Redis is reachable", "start it with redis-server, look at REDIS_URL, and let it have databases 0 and 3", (*Bot).checkRedis, 0},
		{"Redis announces expired keys", "redis-cli CONFIG SET notify-keyspace-events Ex, or set it where your provider has it", (*Bot).checkNotifications, 1},
		{"the handler of " + Inactivity + " is registered", "register it with OnExpire before Run", (*Bot).checkHandler, 0},
		{"messages are stored and appended", "look at the memory and the rights of the Redis user: it needs EVALSHA, EVAL and SELECT", (*Bot).checkMessages, 1},
		{"a timer is set, restarted and fires", "another client may reset notify-keyspace-events, or very many keys expire in database 3", (*Bot).checkTimer, 1},
		{"WhatsApp knows the token and the phone id", "look at WHATSAPP_TOKEN, WHATSAPP_PHONE_ID and WHATSAPP_GRAPH_URL", (*Bot).checkGraph, 0},
	}
	failed := 0
	reachable := true
	for i, c := range checks {
		if c.needs > 0 && !reachable {
			fmt.Fprintf(w, "⏭️ %s: not looked at, Redis is not reachable\n", c.what)
			continue
		}
		detail, err := c.run(b, ctx)
		if err != nil {
			failed++
			reachable = reachable && i > 0
			fmt.Fprintf(w, "❌ %s: %s\n   %s\n", c.what, strings.ReplaceAll(err.Error(), "\n", "; "), c.advice)
			continue
		}
		fmt.Fprintf(w, "✅ %s: %s\n", c.what, detail)
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
	for db, client := range map[int]redis.UniversalClient{usersDB: b.sessions, expiry.DB: b.triggers} {
		if err := client.Ping(ctx).Err(); err != nil {
			return "", fmt.Errorf("database %d: %w", db, err)
		}
	}
	return fmt.Sprintf("databases %d and %d answered in %s", usersDB, expiry.DB, b.cfg.Clock.Since(start).Round(time.Microsecond)), nil
}

// checkNotifications turns the events on as the bot does when it starts.
func (b *Bot) checkNotifications(ctx context.Context) (string, error) {
	ctx, cancel := b.redisContext(ctx)
	defer cancel()
	if err := expiry.EnableNotifications(ctx, b.triggers); err != nil {
		return "", err
	}
	flags, err := expiry.Notifications(ctx, b.triggers)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("notify-keyspace-events is %q", flags), nil
}

func (b *Bot) checkHandler(context.Context) (string, error) {
	if !b.actions.Has(Inactivity) {
		return "", errors.New("there is none")
	}
	return "yes", nil
}

// checkMessages stores two messages where no bot looks for users, so that none
// answers them even if they cannot be removed.
func (b *Bot) checkMessages(ctx context.Context) (detail string, err error) {
	short, cancel := b.redisContext(ctx)
	defer cancel()
	user := "check-" + b.cfg.NewID()
	users := &UserCache{b.sessions, b.cfg.NewID, checkPrefix}
	ids := []string{user + "-1", user + "-2"}
	defer func() {
		ctx, cancel := b.redisContext(ctx)
		defer cancel()
		left := b.sessions.Del(ctx, seenPrefix+ids[0], seenPrefix+ids[1]).Err()
		err = cmp.Or(err, errors.Join(b.timers.Delete(ctx, checkAction, user), users.Delete(ctx, user), left))
	}()
	for i, id := range ids {
		n, fresh, err := users.Append(short, user, Message{ID: id, At: b.cfg.Clock.Now().UTC(), Type: "text", Text: "probe"}, checkAction, time.Minute)
		if err != nil {
			return "", err
		}
		if n != i+1 || !fresh {
			return "", fmt.Errorf("message %d was stored as number %d, new: %t", i+1, n, fresh)
		}
	}
	data, err := users.Get(short, user)
	if err != nil {
		return "", err
	}
	if len(data.Messages) != len(ids) {
		return "", fmt.Errorf("of %d messages %d are there", len(ids), len(data.Messages))
	}
	return fmt.Sprintf("%d of %d are there", len(data.Messages), len(ids)), nil
}

// checkTimer sets a timer, restarts it halfway, and listens for its event.
func (b *Bot) checkTimer(ctx context.Context) (detail string, err error) {
	ctx, cancel := b.cfg.Clock.WithTimeout(ctx, checkWait)
	defer cancel()
	id := b.cfg.NewID()
	defer func() {
		ctx, cancel := b.redisContext(ctx)
		defer cancel()
		err = cmp.Or(err, b.timers.Delete(ctx, checkAction, id))
	}()
	sub := b.triggers.Subscribe(ctx, expiry.Channel)
	defer sub.Close()
	if _, err := sub.Receive(ctx); err != nil {
		return "", err
	}
	if err := b.timers.Set(ctx, checkAction, id, checkTTL); err != nil {
		return "", err
	}
	b.cfg.Clock.Sleep(checkTTL / 2)
	if err := b.timers.Set(ctx, checkAction, id, checkTTL); err != nil {
		return "", err
	}
	due := b.cfg.Clock.Now().Add(checkTTL)
	for {
		event, err := sub.ReceiveMessage(ctx)
		if err != nil {
			return "", fmt.Errorf("no event within %s", checkWait)
		}
		if event.Payload != expiry.Key(checkAction, id) {
			continue
		}
		late := b.cfg.Clock.Since(due).Round(time.Millisecond)
		if late < -checkTTL/4 {
			return "", fmt.Errorf("the event came %s early, for the timer before it was restarted", -late)
		}
		return fmt.Sprintf("the event came %s late", late), nil
	}
}

func (b *Bot) checkGraph(ctx context.Context) (string, error) {
	display, err := b.graph.PhoneNumber(ctx)
	if err != nil {
		return "", err
	}
	return "the number is " + display, nil
}
