// Package chat lets a person talk to a bot in a world, on a terminal or through
// a pipe.
//
// Make a [Chat] with [New], then call [Chat.Pipe] or [Chat.Terminal]. Lines are
// messages of a user; those that begin with "/" are commands, which /help lists.
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
)

// Chat is a talk under way.
type Chat struct {
	world *sim.World

	mu    sync.Mutex // guards what follows
	user  string     // who speaks
	name  string     // as /as named them; empty at first
	shown int        // of the bot's messages
	out   io.Writer  // what is said
	side  io.Writer  // everything else
	err   error      // of the first write that failed

	people []string // who has spoken, as they were named
	traced int      // events that /trace has shown
	scene  scene    // for /save
}

// New returns a chat in a world in which user, a name or a number, speaks first.
func New(w *sim.World, user string) (*Chat, error) {
	c := &Chat{world: w}
	c.scene = scene{began: w.Now(), at: w.Now(), heard: make(map[string]int)}
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
		step := fmt.Sprintf("%s says \"%s\"", c.actor(c.user), text)
		if !quoted(text) {
			step = fmt.Sprintf("%s says:\n%s", c.actor(c.user), docString(text))
		}
		return c.act(step, func() error { return c.send(fakewa.Text(text)) })
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
				return fmt.Errorf("usage: %s %s", command.name, command.arguments)
			}
			return err
		}
	}
	return fmt.Errorf("there is no command %s: /help lists them", word)
}

// act does something and writes it down as a step, unless it could not be done.
func (c *Chat) act(step string, do func() error) error {
	if step == "" {
		return do()
	}
	c.do(step)
	written := len(c.scene.steps)
	err := do()
	if refused, ok := errors.AsType[*sim.Refused](err); ok {
		c.scene.steps = append(c.scene.steps, fmt.Sprintf("Then the webhook is answered %d", refused.Answer.Status))
	} else if err != nil {
		c.scene.steps = c.scene.steps[:written-1]
	}
	return err
}

func (c *Chat) send(content fakewa.Content) error {
	return c.world.Send(sim.Message{Who: c.user, Content: content})
}

// show writes what the bot has said since the last time.
func (c *Chat) show() {
	sent := c.world.Sent()
	if len(sent) > c.shown {
		c.listen()
	}
	for _, m := range sent[min(c.shown, len(sent)):] {
		to := ""
		if m.User != c.world.Number(c.user) {
			to = " to " + m.User
		}
		head := fmt.Sprintf("%s bot%s: ", m.At.Format(time.TimeOnly), to)
		lines := strings.Split(m.String(), "\n")
		if m.Error != nil {
			lines = append(lines, "✗ not delivered: "+m.Error.Error())
		}
		for i := 1; i < len(lines); i++ {
			if lines[i] != "" {
				lines[i] = strings.Repeat(" ", len(head)) + lines[i]
			}
		}
		_, err := fmt.Fprintf(c.out, "%s%s\n", head, strings.Join(lines, "\n"))
		c.err = cmp.Or(c.err, err)
	}
	c.shown = len(sent)
}

func (c *Chat) prompt() string {
	if c.name == "" {
		return "> "
	}
	return c.name + "> "
}

// complain tells the user what went wrong.
func (c *Chat) complain(err error) { fmt.Fprintln(c.side, err) }
