// Package reminder is a bot that reminds people: "remind me in 26 hours of the oven", or any
// text and a tap on a time. A reminder waits in Redis, in the outbox, from which any replica
// sends it. To a user who has not written for a day WhatsApp allows templates only: it is
// then sent as one.
package reminder

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/outbox"
)

// Bot is the bot: it serves webhooks, and Run sends answers and reminders. Make one with
// [New].
type Bot struct {
	http.Handler
	*outbox.Box
	template string // name of the one that reminds; its parameters are what, and how long ago
}

// New makes the bot. The caller closes it after Run has returned.
func New(a cloudapi.Account, options *redis.Options, log *slog.Logger) *Bot {
	b := &Bot{Box: outbox.New(a, options, log), template: "reminder"}
	b.Handler = cloudapi.Webhook{Account: a, OnMessage: b.onMessage, OnStatus: b.OnStatus}
	return b
}

func (b *Bot) onMessage(ctx context.Context, m cloudapi.Message) error {
	if m.Type == "reaction" {
		return nil
	}
	return outbox.Change(ctx, b.Box, m, "reminders:"+m.From, func(waiting *reminders) []outbox.Message {
		if *waiting == nil {
			*waiting = make(reminders)
		}
		maps.DeleteFunc(*waiting, func(_ string, due time.Time) bool { return due.Before(m.At) })
		return b.answer(m, *waiting)
	})
}

// reminders are when those of a user are due, by how long and what they are of.
type reminders map[string]time.Time

const (
	most     = 50 // reminders of a user that wait
	longest  = 28 * 24 * time.Hour
	mostText = 200 // bytes of what somebody is reminded of: it is part of a button's id, too
)

// request is what a user writes. The ids of buttons are such requests.
var request = regexp.MustCompile(`(?is)^remind me in (\d{1,4}) (minute|hour|day)s? of (.+)$`)

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// answer returns what is sent to a user, now and later. A button that is tapped twice
// reminds once.
func (b *Bot) answer(m cloudapi.Message, waiting reminders) []outbox.Message {
	words := short(m.Text + m.Tapped)
	if words == "" {
		return []outbox.Message{outbox.Text(m.From, "Write to me what I shall remind you of.")}
	}
	parts := request.FindStringSubmatch(words)
	if parts == nil {
		button := func(title, in string) cloudapi.Option {
			return cloudapi.Option{ID: "remind me in " + in + " of " + words, Title: title}
		}
		return []outbox.Message{{To: m.From, Content: cloudapi.Buttons(
			fmt.Sprintf("When shall I remind you of %q?", words),
			button("In 10 minutes", "10 minutes"), button("In 1 hour", "1 hour"), button("Tomorrow", "24 hours"),
		)}}
	}
	n, _ := strconv.Atoi(parts[1]) // it is digits
	after, what := time.Duration(n)*units[strings.ToLower(parts[2])], parts[3]
	name := after.String() + " " + what
	switch _, again := waiting[name]; {
	case after > longest:
		return []outbox.Message{outbox.Text(m.From, "I cannot remember anything for more than 28 days.")}
	case again:
		return []outbox.Message{outbox.Text(m.From, "I have noted that already.")}
	case len(waiting) == most:
		return []outbox.Message{outbox.Text(m.From, "I cannot remember more things for you.")}
	}
	waiting[name] = m.At.Add(after)
	return []outbox.Message{
		outbox.Text(m.From, "I will remind you in %s of %q.", after, what),
		{To: m.From, Content: cloudapi.Text(fmt.Sprintf("⏰ %s ago you said: %s", after, what)), Template: cloudapi.Template(b.template, "en", what, after.String()), After: after},
	}
}

// short returns words in one line, as templates want it, and not too many.
func short(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	if len(words) > mostText {
		words = strings.ToValidUTF8(words[:mostText], "") + "…"
	}
	return words
}
