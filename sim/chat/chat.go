// Package chat lets a person talk to a bot in a world, on a terminal or through
// a pipe.
//
// Make a [Chat] with [New], then call [Chat.Pipe] or [Chat.Terminal]. Lines are
// messages of a user; those that begin with "/" are commands, which /help lists.
//
// Both have the same commands. A terminal shows the talk on its whole screen, with the
// time, timers and active faults below it, and Redis, the trace or the faults beside it.
package chat

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/internal/inside"
	"wappasim/sim/internal/scene"
	"wappasim/sim/internal/talk"
	"wappasim/sim/recording"
)

// Chat is a talk under way.
type Chat struct {
	world *sim.World

	mu     sync.Mutex // guards what follows
	user   string     // who speaks
	name   string     // as /as named them; empty at first
	shown  int        // of the bot's messages
	called int        // calls of the bot to the API that were looked at
	out    io.Writer  // what is said
	side   io.Writer  // everything else
	err    error      // of the first write that failed

	began  time.Time       // of the world
	traced int             // events that /trace has shown
	timed  string          // the database in Redis with the keys of whose expiry the bot hears
	scene  *scene.Scene    // for /save
	keys   *recording.Keys // for /save too
}

// New returns a chat in a world in which user, a name or a number, speaks first.
func New(w *sim.World, user string) (*Chat, error) {
	c := &Chat{world: w, began: w.Now(), scene: scene.New(w), keys: inside.Record(w)}
	if err := c.as(user); err != nil {
		return nil, fmt.Errorf("chat: %w", err)
	}
	c.name = "" // the prompt needs no name while there is one user
	return c, nil
}

var errQuit = errors.New("quit")

// line does what a line says. Its errors are for the user, but for errQuit.
func (c *Chat) line(text string) error {
	text = strings.TrimRight(text, "\r\n")
	if strings.TrimSpace(text) == "" {
		return nil
	}
	word, rest, _ := strings.Cut(text, " ")
	if !strings.HasPrefix(word, "/") {
		return c.act(scene.Says(c.actor(c.user), text), func() error { return c.send(fakewa.Text(text)) })
	}
	rest = strings.TrimSpace(rest)
	for _, command := range commands() {
		if command.name == word {
			step := ""
			if command.step != nil && (rest != "" || word != "/fault") {
				step = command.step(c, rest)
			}
			err := c.act(step, func() error { return command.run(c, rest) })
			if errors.Is(err, errUsage) {
				return fmt.Errorf("usage: %s", strings.TrimSpace(command.name+" "+command.arguments))
			}
			return err
		}
	}
	return fmt.Errorf("there is no command %s: /help lists them", word)
}

// act does something and writes it down as a step, unless it could not be done.
func (c *Chat) act(step string, do func() error) error { return c.scene.Act(step, "", do) }

func (c *Chat) send(content fakewa.Content) error {
	return c.world.Send(sim.Message{Who: c.user, Content: content})
}

// show writes what the bot has said since the last time, and which of its calls the API
// has refused.
func (c *Chat) show() {
	sent, calls := c.world.Sent(), c.world.Requests()
	if len(sent) > c.shown {
		c.scene.Listen()
		sent = c.world.Sent() // of which some have arrived by now
	}
	fresh := sent[min(c.shown, len(sent)):]
	for _, call := range calls[min(c.called, len(calls)):] {
		if call.Error == nil {
			continue
		}
		for len(fresh) > 0 && fresh[0].N <= call.After {
			c.said(fresh[0])
			fresh = fresh[1:]
		}
		c.tell(refusal(call))
	}
	for _, m := range fresh {
		c.said(m)
	}
	c.shown, c.called = len(sent), len(calls)
}

// said writes a message of the bot.
func (c *Chat) said(m fakewa.Message) {
	who := "bot"
	if m.User != c.world.Number(c.user) {
		who += " to " + m.User
	}
	c.tell(talk.Line(who, m))
}

func (c *Chat) tell(text string) {
	_, err := fmt.Fprintln(c.out, text)
	c.err = cmp.Or(c.err, err)
}

func (c *Chat) prompt() string {
	if c.name == "" {
		return "> "
	}
	return c.name + "> "
}

// complain tells the user what went wrong.
func (c *Chat) complain(err error) { fmt.Fprintln(c.side, err) }
