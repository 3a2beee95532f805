package chat

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/internal/person"
)

// command is a line that begins with its name.
type command struct {
	name, arguments, help string
	run                   func(c *Chat, rest string) error
	step                  func(c *Chat, rest string) string // what /save writes for it; nil: nothing
}

// maxWait keeps one /wait to some seconds of real time.
const maxWait = 30 * 24 * time.Hour

var errUsage = errors.New("usage")

// commands returns them in the order in which /help lists them.
func commands() []command {
	fixed := func(content func() fakewa.Content) func(*Chat, string) error {
		return sends(func(string) fakewa.Content { return content() })
	}
	return []command{
		{"/wait", "15s", "lets time pass", (*Chat).wait, nil},
		{"/as", "NAME", "speaks as somebody else, a name or a number", (*Chat).as, nil},
		{"/image", "[CAPTION]", "sends a picture", sends(fakewa.Image), speaks("sends an image", ` captioned "%s"`)},
		{"/video", "[CAPTION]", "sends a film", sends(fakewa.Video), speaks("sends a video", ` captioned "%s"`)},
		{"/audio", "", "sends a sound file", fixed(fakewa.Audio), speaks("sends an audio file", "")},
		{"/voice", "", "sends a voice note", fixed(fakewa.Voice), speaks("sends a voice message", "")},
		{"/document", "NAME [CAPTION]", "sends a file", (*Chat).document, func(c *Chat, rest string) string {
			name, caption, _ := strings.Cut(rest, " ")
			return speaks(fmt.Sprintf(`sends the document "%s"`, name), ` captioned "%s"`)(c, strings.TrimSpace(caption))
		}},
		{"/sticker", "", "sends a sticker", fixed(fakewa.Sticker), speaks("sends a sticker", "")},
		{"/location", "[NAME]", "sends a place", sends(func(name string) fakewa.Content { return fakewa.Location(37.44, -122.16, name, "") }), func(c *Chat, rest string) string {
			if rest == "" {
				return speaks("sends a location", "")(c, "")
			}
			return speaks("sends the location of", ` "%s" at ""`)(c, rest)
		}},
		{"/contact", "NUMBER NAME", "sends somebody's card", (*Chat).contact, func(c *Chat, rest string) string {
			number, name, _ := strings.Cut(rest, " ")
			return speaks(fmt.Sprintf(`sends the contact "%s" with the number "%s"`, strings.TrimSpace(name), number), "")(c, "")
		}},
		{"/tap", "TITLE", "taps a button or a row of a list", (*Chat).tap, speaks("taps", ` "%s"`)},
		{"/react", "[EMOJI]", "reacts to the bot's last message, or takes that back", (*Chat).react, func(c *Chat, rest string) string {
			return fmt.Sprintf(`%s reacts "%s"`, c.actor(c.user), rest)
		}},
		{"/read", "", "reads the bot's messages", func(c *Chat, _ string) error { return c.world.Read(c.user) }, speaks("reads the messages", "")},
		{"/again", "", "has your last message delivered once more", func(c *Chat, _ string) error { return c.world.Redeliver(c.user) },
			func(*Chat, string) string { return "the webhook is delivered again" }},
		{"/crash", "", "kills the bot", func(c *Chat, _ string) error { return c.world.Crash() }, func(*Chat, string) string { return "the bot crashes" }},
		{"/restart", "", "restarts the bot", func(c *Chat, _ string) error { return c.world.Restart() }, func(*Chat, string) string { return "the bot restarts" }},
		{"/fault", "[SENTENCE]", "injects a fault, or lists the faults there are", (*Chat).fault, func(_ *Chat, rest string) string { return rest }},
		{"/trace", "", "shows what has happened since the last /trace", (*Chat).trace, nil},
		{"/state", "", "shows your timer and what Redis keeps of you", (*Chat).state, nil},
		{"/save", "NAME.feature", "writes the talk as a scenario", (*Chat).save, nil},
		{"/help", "", "shows this", (*Chat).help, nil},
		{"/quit", "", "ends the talk", func(*Chat, string) error { return errQuit }, nil},
	}
}

// speaks writes what the user does as a step, with the argument if there is one.
func speaks(what, with string) func(*Chat, string) string {
	return func(c *Chat, rest string) string {
		said := c.actor(c.user) + " " + what
		if rest != "" && with != "" {
			said += fmt.Sprintf(with, rest)
		}
		return said
	}
}

// fault makes fault that a sentence describes.
func (c *Chat) fault(rest string) error {
	if rest == "" {
		for _, sentence := range sim.FaultSentences() {
			fmt.Fprintln(c.side, "  "+sentence)
		}
		return nil
	}
	t, err := sim.ParseFault(rest)
	if err != nil {
		return err
	}
	return c.world.Inject(t)
}

// trace shows the events since it was last asked for.
func (c *Chat) trace(string) error {
	events := c.world.Trace().Events()
	for _, e := range events[c.traced:] {
		fmt.Fprintln(c.side, e)
	}
	c.traced = len(events)
	return nil
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

// spoken is a number, a name as in scenarios, or one word in any case.
var spoken = regexp.MustCompile(`^(?:\+?\d+|` + person.Pattern + `|\pL[\pL\pM\d_-]*)$`)

func (c *Chat) as(rest string) error {
	if !spoken.MatchString(rest) {
		return fmt.Errorf("%q is neither a name nor a number", rest)
	}
	c.user, c.name = rest, rest
	c.people = append(c.people, rest)
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
	return c.world.Tap(c.user, rest)
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
