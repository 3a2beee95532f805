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
		{"Redis is reachable", "start it with redis-server, look at REDIS_URL, and let it have databases 0 and 3", (*Bot).checkRedis, false},
		{"Redis keeps what it is given", "CONFIG SET it, or set it where your provider has it", (*Bot).checkLosses, true},
		{"Redis announces expired keys", "redis-cli CONFIG SET notify-keyspace-events Ex, or set it where your provider has it; timers fire without it", (*Bot).checkNotifications, true},
		{"the handler of " + Inactivity + " is registered", "register it with OnExpire before Run", (*Bot).checkHandler, false},
		{"messages are stored and appended", "look at the memory and the rights of the Redis user: it needs EVALSHA, EVAL and SELECT", (*Bot).checkMessages, true},
		{"a timer is set, restarted and fires", "look at the load of Redis and of this machine", (*Bot).checkTimer, true},
		{"nothing is overdue or parked", "is a bot running? -parked tells why, -requeue sends it again", (*Bot).checkBacklog, true},
		{"WhatsApp knows the token and the phone id", "look at WHATSAPP_TOKEN, WHATSAPP_PHONE_ID and WHATSAPP_GRAPH_URL", (*Bot).checkGraph, false},
	}
	failed := 0
	reachable := true
	for i, c := range checks {
		if c.needsRedis && !reachable {
			fmt.Fprintf(w, "⏭️ %s: not looked at, Redis is not reachable\n", c.what)
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
			return "", fmt.Errorf("message %d was stored as number %d, new: %t", i+1, stored.N, stored.New)
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
			return "", fmt.Errorf("it fired %s early, for the timer before it was restarted", early)
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
	detail := fmt.Sprintf("%d timers are pending, %d of them due; %d histories are being sent; %d are parked", n.Pending, n.Due, n.Claimed, parked)
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
