package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/outbox"
)

func say(to, format string, args ...any) outbox.Message {
	return outbox.Message{To: to, Content: cloudapi.Text(fmt.Sprintf(format, args...))}
}

// of returns the case that an agent has, or nil.
func (d desk) of(agent string) *ticket {
	if i := slices.IndexFunc(d.Cases, func(c *ticket) bool { return c.Agent == agent }); i >= 0 {
		return d.Cases[i]
	}
	return nil
}

// close ends a case.
func (d *desk) close(c *ticket, why string) (messages []outbox.Message) {
	d.Cases = slices.DeleteFunc(d.Cases, func(other *ticket) bool { return other == c })
	if c.Agent != "" {
		messages = append(messages, say(c.Agent, "You have closed case %d%s.", c.Number, why))
	}
	return append(messages, say(c.User, "Case %d is closed%s. Write again if there is more.", c.Number, why))
}

// closeSilent closes cases in which nobody has written for a while, until the context ends.
func (b *Bot) closeSilent(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-time.After(time.Until(time.Now().Truncate(look).Add(look))):
			// All replicas look at the same time, and one of them does it.
			tick := cloudapi.Message{ID: "look " + now.UTC().Truncate(look).Format(time.RFC3339)}
			ctx, cancel := context.WithTimeout(ctx, look/2)
			_ = b.change(ctx, tick, func(d *desk) (messages []outbox.Message) { // or the next time
				for _, c := range slices.Clone(d.Cases) {
					if now.Sub(c.Heard) > silence {
						messages = append(messages, d.close(c, " after an hour of silence")...)
					}
				}
				return messages
			})
			cancel()
		}
	}
}

func (c *ticket) free() bool { return c.Agent == "" }

// id is that of a button: what it does with the case.
func (c *ticket) id(what string) string { return fmt.Sprintf("%s %d", what, c.Number) }

// tell tells an agent what is new in a case. If the agent has not written to the bot for a
// day, a template does.
func (c *ticket) tell(agent, words string) []outbox.Message {
	button := cloudapi.Option{ID: c.id("take"), Title: "Take"}
	if c.Agent == agent {
		button = cloudapi.Option{ID: c.id("close"), Title: "Close"}
	}
	return []outbox.Message{{
		To: agent, Content: cloudapi.Buttons(fmt.Sprintf("Case %d: %s", c.Number, words), button),
		Template: cloudapi.Template("case", "en", fmt.Sprint(c.Number), words),
	}}
}
