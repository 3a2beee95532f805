// Package desk is a support desk: what a user writes goes to an agent, who has a number of
// WhatsApp too, and what the agent answers goes back to that user. A user's first message
// opens a case; the first agent who takes it has it. "Close" ends it; so does an hour of
// silence.
package desk

import (
	"cmp"
	"context"
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
	*outbox.Box
	agents []string
	of     func(d *desk, agent string) *ticket // the case that an agent has; nil: none
	free   func(*ticket) bool                  // whether a case can be taken
}

// desk is the open cases, the oldest first, as Redis has them.
type desk struct {
	Last  int // number of a case
	Cases []*ticket
}

type ticket struct {
	Number      int
	User, Agent string // nobody has taken it: ""
	Words       string // that wait for an agent
	Heard       time.Time
}

// New makes the bot for agents with some numbers, as in "+15550000001". The caller closes it
// after Run has returned.
func New(a cloudapi.Account, options *redis.Options, log *slog.Logger, agents ...string) *Bot {
	b := &Bot{Box: outbox.New(a, options, log), agents: agents}
	b.of = func(d *desk, agent string) *ticket { return d.find(func(c *ticket) bool { return c.Agent == agent }) }
	b.free = func(c *ticket) bool { return c.Agent == "" }
	b.Handler = cloudapi.Webhook{Account: a, OnMessage: b.onMessage, OnStatus: b.OnStatus}
	return b
}

// Run sends messages and closes silent cases until the context ends.
func (b *Bot) Run(ctx context.Context) error {
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return b.Box.Run(ctx) })
	both.Go(func() error { b.Every(ctx, 5*time.Minute, b.closeSilent); return nil })
	return both.Wait()
}

func (b *Bot) onMessage(ctx context.Context, m cloudapi.Message) error {
	words := cmp.Or(strings.Join(strings.Fields(m.Text), " "), "["+m.Type+"]")
	return outbox.Change(ctx, b.Box, m, "desk", func(d *desk) []outbox.Message {
		if slices.Contains(b.agents, m.From) {
			return b.fromAgent(d, m, words)
		}
		return b.fromUser(d, m, words)
	})
}

func (b *Bot) fromUser(d *desk, m cloudapi.Message, words string) (messages []outbox.Message) {
	c := d.find(func(c *ticket) bool { return c.User == m.From })
	if c == nil {
		d.Last++
		c = &ticket{Number: d.Last, User: m.From}
		d.Cases = append(d.Cases, c)
		for _, agent := range b.agents {
			messages = append(messages, c.tell(agent, "Take", "it waits."))
		}
		messages = append(messages, outbox.Text(m.From, "You have case %d. An agent will write to you.", c.Number))
	}
	if c.Heard = m.At; c.Agent != "" {
		return []outbox.Message{c.tell(c.Agent, "Close", words)}
	}
	if len(c.Words)+len(words) < 500 { // a template has at most 1024 characters
		c.Words += " / " + words
	}
	return messages
}

func (b *Bot) fromAgent(d *desk, m cloudapi.Message, words string) []outbox.Message {
	mine := b.of(d, m.From)
	tapped := d.find(func(c *ticket) bool { return m.Tapped == c.button("Take").ID && b.free(c) })
	switch waits := d.find(b.free); {
	case mine != nil && m.Tapped == mine.button("Close").ID:
		return d.close(mine, "")
	case mine != nil && m.Tapped != "":
		return []outbox.Message{outbox.Text(m.From, "Close case %d first.", mine.Number)}
	case mine != nil:
		mine.Heard = m.At
		return []outbox.Message{outbox.Text(mine.User, "Agent: %s", words)}
	case tapped != nil:
		tapped.Agent, tapped.Heard = m.From, m.At
		return []outbox.Message{tapped.tell(m.From, "Close", "it is yours:"+tapped.Words), outbox.Text(tapped.User, "An agent has your case %d now.", tapped.Number)}
	case waits != nil:
		return []outbox.Message{waits.tell(m.From, "Take", "it waits longest.")}
	}
	return []outbox.Message{outbox.Text(m.From, "No case waits.")}
}

func (d *desk) find(is func(*ticket) bool) *ticket {
	if i := slices.IndexFunc(d.Cases, is); i >= 0 {
		return d.Cases[i]
	}
	return nil
}

// tell tells an agent what is new in a case; by a template, after a day without a message.
func (c *ticket) tell(agent, button, words string) outbox.Message {
	content := cloudapi.Buttons(fmt.Sprintf("Case %d: %s", c.Number, words), c.button(button))
	return outbox.Message{To: agent, Content: content, Template: cloudapi.Template("case", "en", fmt.Sprint(c.Number), words)}
}

func (c *ticket) button(what string) cloudapi.Option {
	return cloudapi.Option{ID: fmt.Sprint(what, " ", c.Number), Title: what}
}

// close ends a case, and says why.
func (d *desk) close(c *ticket, why string) (messages []outbox.Message) {
	d.Cases = slices.DeleteFunc(d.Cases, func(other *ticket) bool { return other == c })
	if c.Agent != "" {
		messages = append(messages, outbox.Text(c.Agent, "Case %d is closed%s.", c.Number, why))
	}
	return append(messages, outbox.Text(c.User, "Case %d is closed%s. Write again if there is more.", c.Number, why))
}

// closeSilent closes a case in which nobody has written for an hour, if there is one.
func (b *Bot) closeSilent(ctx context.Context, turn cloudapi.Message) error {
	return outbox.Change(ctx, b.Box, turn, "desk", func(d *desk) []outbox.Message {
		if c := d.find(func(c *ticket) bool { return turn.At.Sub(c.Heard) > time.Hour }); c != nil {
			return d.close(c, " after an hour of silence")
		}
		return nil
	})
}
