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
	"wappasim/sim/duration"
	"wappasim/sim/internal/person"
	"wappasim/sim/internal/scene"
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
		{"/next", "", "goes to the bot's next timer", (*Chat).nextTimer, nil},
		{"/as", "NAME", "speaks as somebody else, a name or a number", (*Chat).as, nil},
		{"/image", "[CAPTION]", "sends a picture", sends(fakewa.Image), speaks("sends an image", ` captioned %s`)},
		{"/video", "[CAPTION]", "sends a film", sends(fakewa.Video), speaks("sends a video", ` captioned %s`)},
		{"/audio", "", "sends a sound file", fixed(fakewa.Audio), speaks("sends an audio file", "")},
		{"/voice", "", "sends a voice note", fixed(fakewa.Voice), speaks("sends a voice message", "")},
		{"/document", "NAME [CAPTION]", "sends a file", (*Chat).document, func(c *Chat, rest string) string {
			name, caption, _ := strings.Cut(rest, " ")
			return speaks("sends the document "+scene.Quote(name), ` captioned %s`)(c, strings.TrimSpace(caption))
		}},
		{"/sticker", "", "sends a sticker", fixed(fakewa.Sticker), speaks("sends a sticker", "")},
		{"/location", "[NAME]", "sends a place", sends(func(name string) fakewa.Content { return fakewa.Location(37.44, -122.16, name, "") }), func(c *Chat, rest string) string {
			if rest == "" {
				return speaks("sends a location", "")(c, "")
			}
			return speaks("sends the location of", ` %s at ""`)(c, rest)
		}},
		{"/contact", "NUMBER NAME", "sends somebody's card", (*Chat).contact, func(c *Chat, rest string) string {
			number, name, _ := strings.Cut(rest, " ")
			return speaks("sends the contact "+scene.Quote(strings.TrimSpace(name))+" with the number "+scene.Quote(number), "")(c, "")
		}},
		{"/tap", "TITLE", "taps a button or a row of a list", (*Chat).tap, speaks("taps", " %s")},
		{"/react", "[EMOJI]", "reacts to the bot's last message, or takes that back", func(c *Chat, rest string) error { return c.world.React(c.user, rest) }, func(c *Chat, rest string) string {
			return c.actor(c.user) + " reacts " + scene.Quote(rest)
		}},
		{"/edit", "NEW WORDS", "gives your last message with words other ones", (*Chat).edit, revises("edits", " to %s")},
		{"/delete", "", "deletes your last message with words", (*Chat).remove, revises("deletes", "")},
		{"/read", "", "reads the bot's messages", func(c *Chat, _ string) error { return c.world.Read(c.user) }, speaks("reads the messages", "")},
		{"/again", "", "has your last message delivered once more", func(c *Chat, _ string) error { return c.world.Redeliver(c.user) },
			func(c *Chat, _ string) string { return "the webhook of " + c.actor(c.user) + " is delivered again" }},
		{"/phone", "on|off", "switches your phone on or off", (*Chat).phone, func(c *Chat, rest string) string { return c.actor(c.user) + " switches the phone " + rest }},
		{"/block", "", "blocks the business", blocks(true), speaks("blocks the business", "")},
		{"/unblock", "", "blocks it no longer", blocks(false), speaks("unblocks the business", "")},
		{"/crash", "", "kills the bot", func(c *Chat, _ string) error { return c.world.Crash() }, func(*Chat, string) string { return "the bot crashes" }},
		{"/restart", "", "restarts the bot", func(c *Chat, _ string) error { return c.world.Restart() }, func(*Chat, string) string { return "the bot restarts" }},
		{"/fault", "[SENTENCE]", "injects a fault, or lists the faults there are", (*Chat).fault, func(_ *Chat, rest string) string { return rest }},
		{"/trace", "", "shows what has happened since the last /trace", (*Chat).trace, nil},
		{"/state", "", "shows the keys in Redis that have your number in their names", (*Chat).state, nil},
		{"/report", "", "shows what the bot has done that production would punish", (*Chat).report, nil},
		{"/save", "NAME.feature|NAME.html", "writes the talk as a scenario, or as a recording", (*Chat).save, nil},
		{"/help", "", "shows this", (*Chat).help, nil},
		{"/quit", "", "ends the talk", func(*Chat, string) error { return errQuit }, nil},
	}
}

// speaks writes what the user does as a step, with the argument if there is one.
func speaks(what, with string) func(*Chat, string) string {
	return func(c *Chat, rest string) string {
		said := c.actor(c.user) + " " + what
		if rest != "" && with != "" {
			said += fmt.Sprintf(with, scene.Quote(rest))
		}
		return said
	}
}

// blanks says what stands in the blanks of a fault's sentence.
const blanks = `{by} and {for} are times like 5 seconds, {n}, {code} and {replica} numbers,
{point} is "before" or "after" and "Redis command", "API call" or "service call",
{service} "any service" or the likes of "the service pay.example.com", and {like} a regular
expression in quotation marks:
  /fault the API answers 131016 the next 2 times
  /fault the bot crashes after API call 1 like "messages"`

// fault makes the fault that a sentence describes.
func (c *Chat) fault(rest string) error {
	if rest == "" {
		for _, sentence := range sim.FaultSentences() {
			fmt.Fprintln(c.side, "  "+sentence)
		}
		fmt.Fprintln(c.side, blanks)
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
	if err != nil {
		d, err = duration.Parse(rest)
	}
	if rest != "" && (err != nil || d < 0) {
		return fmt.Errorf("%q is no time to wait: write 15s, 24h or 2 days", rest)
	}
	if err != nil {
		return errUsage
	}
	if d > maxWait {
		return fmt.Errorf("%s is too long: wait %s at most, as often as you like", d, maxWait)
	}
	return c.world.Wait(d)
}

// nextTimer lets time pass until the bot hears of an expiry, and then a second at most until
// it speaks: Redis can be a moment before the bot's own clock, and an answer takes its time.
func (c *Chat) nextTimer(string) error {
	at, key := c.world.Next()
	if key == "" {
		return errors.New("no key that expires would be told to the bot: there is none, or the bot does not listen to Redis now, as after an outage")
	}
	said, err := len(c.world.Sent()), c.world.WaitUntil(at)
	for end := at.Add(time.Second); err == nil && len(c.world.Sent()) == said && c.world.Now().Before(end); {
		err = c.world.Wait(time.Millisecond)
	}
	return err
}

// spoken is a number, a name as in scenarios, or one word in any case.
var spoken = regexp.MustCompile(`^(?:\+?\d+|` + person.Pattern + `|\pL[\pL\pM\d_-]*)$`)

func (c *Chat) as(rest string) error {
	if !spoken.MatchString(rest) {
		return fmt.Errorf("%q is neither a name nor a number", rest)
	}
	c.user, c.name = rest, rest
	c.scene.Name(rest)
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

func (c *Chat) phone(rest string) error {
	if rest != "on" && rest != "off" {
		return errUsage
	}
	return c.world.SetProfile(c.user, func(p *fakewa.Profile) { p.Silent = rest == "off" })
}

func blocks(yes bool) func(*Chat, string) error {
	return func(c *Chat, _ string) error {
		return c.world.SetProfile(c.user, func(p *fakewa.Profile) { p.Blocks = yes })
	}
}

// report shows what production would punish.
func (c *Chat) report(string) error {
	fmt.Fprintln(c.side, c.world.Report())
	return nil
}

// state shows the keys that name the user; many bots put the number into theirs.
func (c *Chat) state(string) error {
	number := c.world.Number(c.user)
	fmt.Fprintf(c.side, "%s, %s\n", c.world.Now().Format(time.DateTime), number)
	all, others := c.world.Keys(), 0
	for _, k := range all {
		if !strings.Contains(k.Name, strings.TrimPrefix(number, "+")) {
			others++
			continue
		}
		ttl := cmp.Or(strings.TrimPrefix(k.TTL.Round(time.Millisecond).String(), "0s"), "for ever")
		fmt.Fprintf(c.side, "  database %d  %s  (%s)\n    %s\n", k.DB, k.Name, ttl, k.Value)
	}
	if others == len(all) {
		fmt.Fprintf(c.side, "  of %d keys in Redis none has the number in its name\n", others)
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

// actor is how steps call a person until they are saved.
func (c *Chat) actor(who string) string { return c.scene.Actor(who) }
