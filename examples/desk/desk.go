// Package desk is a support desk: what a user writes goes to an agent, who has a number of
// WhatsApp too, and what the agent answers goes back to that user. A user's first message
// opens a case; the first agent who takes it has it. "Close" ends it; so does an hour of
// silence.
package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/outbox"
)

// Bot is the bot: it serves webhooks, and Run sends messages and closes silent cases. Make
// one with [New].
type Bot struct {
	http.Handler
	box    *outbox.Box
	agents []string
	of     func(d desk, agent string) *ticket // the case that an agent has
	free   func(*ticket) bool                 // whether a case can be taken
}

// desk is the open cases, the oldest first, as Redis has them.
type desk struct {
	Last  int // number of a case
	Cases []*ticket
}

type ticket struct {
	Number      int
	User, Agent string   // nobody has taken it: ""
	Words       []string // that wait for an agent
	Heard       time.Time
}

const (
	silence = time.Hour // after which a case is closed
	look    = 10 * time.Minute
	most    = 5 // words that wait
)

// New makes the bot for agents with some numbers, as in "+15550000001". The caller closes it
// after Run has returned.
func New(a cloudapi.Account, options *redis.Options, log *slog.Logger, agents ...string) *Bot {
	b := &Bot{box: outbox.New(a, options, log), agents: agents, of: desk.of, free: (*ticket).free}
	b.Handler = cloudapi.Webhook{Account: a, OnMessage: b.onMessage, OnStatus: b.box.OnStatus}
	return b
}

// Run sends messages and closes silent cases until the context ends.
func (b *Bot) Run(ctx context.Context) error {
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return b.box.Run(ctx) })
	both.Go(func() error { b.closeSilent(ctx); return nil })
	return both.Wait()
}

// Close closes the connections to Redis.
func (b *Bot) Close() error { return b.box.Close() }

func (b *Bot) onMessage(ctx context.Context, m cloudapi.Message) error {
	words := strings.Join(strings.Fields(m.Text), " ")
	if m.Text == "" {
		words = "[" + m.Type + "]"
	}
	return b.change(ctx, m, func(d *desk) []outbox.Message {
		if slices.Contains(b.agents, m.From) {
			return b.fromAgent(d, m, words)
		}
		return b.fromUser(d, m, words)
	})
}

// change changes the desk, once.
func (b *Bot) change(ctx context.Context, m cloudapi.Message, do func(*desk) []outbox.Message) error {
	return b.box.Once(ctx, m, "desk", func(before string) (string, []outbox.Message) {
		var d desk
		_ = json.Unmarshal([]byte(before), &d) // "" is a desk without cases
		messages := do(&d)
		after, _ := json.Marshal(d) // it always can be
		return string(after), messages
	})
}

func (b *Bot) fromUser(d *desk, m cloudapi.Message, words string) (messages []outbox.Message) {
	i := slices.IndexFunc(d.Cases, func(c *ticket) bool { return c.User == m.From })
	if i >= 0 {
		c := d.Cases[i]
		if c.Heard = m.At; c.Agent != "" {
			return c.tell(c.Agent, words)
		}
		c.Words = append(c.Words, words)
		c.Words = c.Words[max(0, len(c.Words)-most):]
		return nil
	}
	d.Last++
	c := &ticket{Number: d.Last, User: m.From, Words: []string{words}, Heard: m.At}
	d.Cases = append(d.Cases, c)
	for _, agent := range b.agents {
		messages = append(messages, c.tell(agent, "it waits.")...)
	}
	return append(messages, say(m.From, "You have case %d. An agent will write to you.", c.Number))
}

func (b *Bot) fromAgent(d *desk, m cloudapi.Message, words string) []outbox.Message {
	mine := b.of(*d, m.From)
	which := slices.IndexFunc(d.Cases, func(c *ticket) bool { return m.Tapped == c.id("take") && b.free(c) })
	switch {
	case mine != nil && m.Tapped == mine.id("close"):
		return d.close(mine, "")
	case mine != nil && m.Tapped != "":
		return []outbox.Message{say(m.From, "Close case %d first.", mine.Number)}
	case mine != nil:
		mine.Heard = m.At
		return []outbox.Message{say(mine.User, "Agent: %s", words)}
	case which >= 0:
		c := d.Cases[which]
		waiting := strings.Join(c.Words, " / ")
		c.Agent, c.Words, c.Heard = m.From, nil, m.At
		return append(c.tell(m.From, "it is yours: "+waiting), say(c.User, "An agent has your case %d now.", c.Number))
	}
	for _, c := range d.Cases {
		if b.free(c) {
			return []outbox.Message{{To: m.From, Content: cloudapi.Buttons(fmt.Sprintf("Case %d waits longest.", c.Number), cloudapi.Option{ID: c.id("take"), Title: "Take"})}}
		}
	}
	return []outbox.Message{say(m.From, "No case waits.")}
}
