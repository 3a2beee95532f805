package chat

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"wappasim/fakewa"
)

// command is a line that begins with its name.
type command struct {
	name, arguments, help string
	run                   func(c *Chat, rest string) error
}

// maxWait keeps one /wait to some seconds of real time.
const maxWait = 30 * 24 * time.Hour

var errUsage = errors.New("usage")

// commands returns them in the order in which /help lists them.
func commands() []command {
	return []command{
		{"/wait", "15s", "lets time pass", (*Chat).wait},
		{"/as", "NAME", "speaks as somebody else, a name or a number", (*Chat).as},
		{"/image", "[CAPTION]", "sends a picture", sends(fakewa.Image)},
		{"/video", "[CAPTION]", "sends a film", sends(fakewa.Video)},
		{"/audio", "", "sends a sound file", sends(func(string) fakewa.Content { return fakewa.Audio() })},
		{"/voice", "", "sends a voice note", sends(func(string) fakewa.Content { return fakewa.Voice() })},
		{"/document", "NAME [CAPTION]", "sends a file", (*Chat).document},
		{"/sticker", "", "sends a sticker", sends(func(string) fakewa.Content { return fakewa.Sticker() })},
		{"/location", "[NAME]", "sends a place", sends(func(name string) fakewa.Content { return fakewa.Location(37.44, -122.16, name, "") })},
		{"/contact", "NUMBER NAME", "sends somebody's card", (*Chat).contact},
		{"/tap", "TITLE", "taps a button", (*Chat).tap},
		{"/react", "[EMOJI]", "reacts to the bot's last message, or takes that back", (*Chat).react},
		{"/read", "", "reads the bot's messages", func(c *Chat, _ string) error { return c.world.Read(c.user) }},
		{"/again", "", "has your last message delivered once more", func(c *Chat, _ string) error { return c.world.Redeliver(c.user) }},
		{"/crash", "", "kills the bot", func(c *Chat, _ string) error { return c.world.Crash() }},
		{"/restart", "", "starts the bot anew", func(c *Chat, _ string) error { return c.world.Restart() }},
		{"/state", "", "shows your timer and what Redis keeps of you", (*Chat).state},
		{"/help", "", "shows this", (*Chat).help},
		{"/quit", "", "ends the talk", func(*Chat, string) error { return errQuit }},
	}
}

// sends makes a command that sends what its argument describes.
func sends(content func(string) fakewa.Content) func(*Chat, string) error {
	return func(c *Chat, rest string) error { return c.send(content(rest)) }
}

func (c *Chat) wait(rest string) error {
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 {
		return errUsage
	}
	if d > maxWait {
		return fmt.Errorf("%s is too long: wait %s at most, as often as you like", d, maxWait)
	}
	return c.world.Wait(d)
}

var person = regexp.MustCompile(`^(\+?\d+|\pL[\pL\d_-]*)$`)

func (c *Chat) as(rest string) error {
	if !person.MatchString(rest) {
		return fmt.Errorf("%q is neither a name nor a number", rest)
	}
	c.user, c.name = rest, rest
	return nil
}

func (c *Chat) document(rest string) error {
	name, caption, _ := strings.Cut(rest, " ")
	if name == "" {
		return errUsage
	}
	return c.send(fakewa.Document(name, strings.TrimSpace(caption)))
}

func (c *Chat) contact(rest string) error {
	number, name, _ := strings.Cut(rest, " ")
	if name = strings.TrimSpace(name); name == "" {
		return errUsage
	}
	return c.send(fakewa.Contact(name, number))
}

func (c *Chat) tap(rest string) error {
	if rest == "" {
		return errUsage
	}
	return c.send(fakewa.ButtonReply("id-"+rest, rest))
}

func (c *Chat) react(rest string) error {
	inbox := c.world.Inbox(c.user)
	if len(inbox) == 0 {
		return errors.New("the bot has sent nothing to react to")
	}
	return c.send(fakewa.Reaction(inbox[len(inbox)-1].ID, rest))
}

// state shows the keys that name the user; bots put the number into theirs.
func (c *Chat) state(string) error {
	number := c.world.Number(c.user)
	fmt.Fprintf(c.side, "%s, %s\n", c.world.Now().Format(time.DateTime), number)
	found := false
	for _, k := range c.world.Keys() {
		if !strings.Contains(k.Name, number) {
			continue
		}
		found = true
		ttl := cmp.Or(strings.TrimPrefix(k.TTL.Round(time.Millisecond).String(), "0s"), "for ever")
		fmt.Fprintf(c.side, "  database %d  %s  (%s)\n    %s\n", k.DB, k.Name, ttl, k.Value)
	}
	if !found {
		fmt.Fprintln(c.side, "  no timer and no messages")
	}
	return nil
}

func (c *Chat) help(string) error {
	fmt.Fprintln(c.side, "A line is a message. A line that begins with / is a command:")
	for _, command := range commands() {
		fmt.Fprintf(c.side, "  %-26s %s\n", command.name+" "+command.arguments, command.help)
	}
	return nil
}
