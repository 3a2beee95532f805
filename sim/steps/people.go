package steps

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/people"
)

// peopleSteps are what people do on their phones.
func (s *scenario) peopleSteps() []step {
	return append(s.contentSteps(),
		step{`{who} says:`, "Ana says:", "Sends a text, which follows as a doc string.", func(who string, text *godog.DocString) error {
			return s.send(who, fakewa.Text(text.Content))
		}},
		step{`{who} says (\d+) characters`, "Ana says 5000 characters", "Sends a text of so many characters: numbers, so that a missing part shows.", func(who string, n int) error {
			return s.send(who, fakewa.Text(digits(n)))
		}},
		step{`{who} reacts {text}`, `Ana reacts "👍"`, "Reacts to the bot's last message; an empty emoji takes the reaction back.", s.react},
		step{`{who} taps {text}`, `Ana taps "Yes"`, "Taps a button, by its title or id, of the latest message that offers it. It fails if none does.", s.tap},
		step{`{who} picks {text} from the list`, `Ana picks "Pizza" from the list`, "Picks a row, as taps does.", s.tap},
		step{`{who} changes to the number (\d+)`, "Ana changes to the number 15550000009", "WhatsApp tells the bot that the person has another number now.", func(who, number string) error {
			w, err := s.world()
			if err != nil {
				return err
			}
			return s.send(who, fakewa.NumberChanged(w.Number(who), number))
		}},
		step{`{who} reads the messages`, "Ana reads the messages", "Reads all that the bot sent: the bot gets a status \"read\" for each message.", func(who string) error {
			if s.beside {
				return s.take(sim.Step{Who: who, Act: people.Read()})
			}
			w, err := s.world()
			if err != nil {
				return err
			}
			return w.Read(who)
		}},
		step{`(\d+) users say {text}`, `50 users say "hello"`, "User1, User2 and so on to this number each send this text, one after the other at the same time.", func(n int, text string) error {
			return each(n, func(who string) error { return s.send(who, fakewa.Text(text)) })
		}},
		s.profile(`switches the phone off`, "switches the phone off", "What the bot sends does not arrive.", func(p *fakewa.Profile, _ string) { p.Silent = true }),
		s.profile(`switches the phone on`, "switches the phone on", "What the bot has sent in the last 30 days arrives.", func(p *fakewa.Profile, _ string) { p.Silent = false }),
		s.blocking(people.Block(), "What the bot sends never arrives."),
		s.blocking(people.Unblock(), "What the bot sends from now on arrives."),
		s.profile(`has the profile name {text}`, `has the profile name "Ana María"`, "Webhooks name the person so. Default: Test User.", func(p *fakewa.Profile, name string) { p.Name = name }),
	)
}

// profile is a step that changes a person's profile, with words in quotation marks if the
// pattern has some.
func (s *scenario) profile(pattern, example, meaning string, set func(p *fakewa.Profile, words string)) step {
	change := func(who, words string) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		return w.SetProfile(who, func(p *fakewa.Profile) { set(p, words) })
	}
	do := any(change)
	if !strings.Contains(pattern, "{text}") {
		do = func(who string) error { return change(who, "") }
	}
	return step{"{who} " + pattern, "Ana " + example, meaning, do}
}

// blocking is a step in which a person blocks the business, or unblocks it.
func (s *scenario) blocking(act people.Act, meaning string) step {
	return step{"{who} " + act.String(), "Ana " + act.String(), meaning, func(who string) error {
		if s.beside {
			return s.take(sim.Step{Who: who, Act: act})
		}
		w, err := s.world()
		if err != nil {
			return err
		}
		return w.SetProfile(who, func(p *fakewa.Profile) { p.Blocks = act.Kind == people.Blocks })
	}}
}

// each has the users User1, User2 and so on do something.
func each(n int, do func(who string) error) error {
	for i := range n {
		if err := do(fmt.Sprint("User", i+1)); err != nil {
			return err
		}
	}
	return nil
}

// contentSteps are the messages that need nothing but their words.
func (s *scenario) contentSteps() (steps []step) {
	type words = []string
	for _, m := range []struct {
		pattern, example, meaning string
		content                   func(words) fakewa.Content
	}{
		{`says {text}`, `says "hello"`, "Sends a text.", func(w words) fakewa.Content { return fakewa.Text(w[0]) }},
		{`sends an image`, `sends an image`, "Sends a picture.", func(words) fakewa.Content { return fakewa.Image("") }},
		{`sends an image captioned {text}`, `sends an image captioned "my cat"`, "Sends a picture with a caption.", func(w words) fakewa.Content { return fakewa.Image(w[0]) }},
		{`sends a video`, `sends a video`, "Sends a film.", func(words) fakewa.Content { return fakewa.Video("") }},
		{`sends a video captioned {text}`, `sends a video captioned "my cat"`, "Sends a film with a caption.", func(w words) fakewa.Content { return fakewa.Video(w[0]) }},
		{`sends an audio file`, `sends an audio file`, "Sends a sound file.", func(words) fakewa.Content { return fakewa.Audio() }},
		{`sends a voice message`, `sends a voice message`, "Sends a voice note.", func(words) fakewa.Content { return fakewa.Voice() }},
		{`sends the document {text}`, `sends the document "bill.pdf"`, "Sends a file.", func(w words) fakewa.Content { return fakewa.Document(w[0], "") }},
		{`sends the document {text} captioned {text}`, `sends the document "bill.pdf" captioned "for May"`, "Sends a file with a caption.", func(w words) fakewa.Content { return fakewa.Document(w[0], w[1]) }},
		{`sends a sticker`, `sends a sticker`, "Sends a sticker.", func(words) fakewa.Content { return fakewa.Sticker() }},
		{`sends a location`, `sends a location`, "Sends a place without a name.", func(words) fakewa.Content { return fakewa.Location(37.44, -122.16, "", "") }},
		{`sends the location of {text} at {text}`, `sends the location of "Meta" at "1 Hacker Way"`, "Sends a place with a name and an address.", func(w words) fakewa.Content { return fakewa.Location(37.44, -122.16, w[0], w[1]) }},
		{`sends the contact {text} with the number {text}`, `sends the contact "Ben" with the number "+15550000002"`, "Sends somebody's contact card.", func(w words) fakewa.Content { return fakewa.Contact(w[0], w[1]) }},
		{`sends the button reply {text}`, `sends the button reply "Yes"`, "Sends what a tap on a reply button would, though the bot has offered none.", func(w words) fakewa.Content { return fakewa.ButtonReply("id-"+w[0], w[0]) }},
		{`sends the list reply {text}`, `sends the list reply "Pizza"`, "Sends what a row would, though the bot has sent no list.", func(w words) fakewa.Content { return fakewa.ListReply("id-"+w[0], w[0], "") }},
		{`sends the template reply {text}`, `sends the template reply "Stop"`, "Sends what a template's quick reply would, though the bot has sent no template.", func(w words) fakewa.Content { return fakewa.TemplateButton(w[0], w[0]) }},
		{`orders (\d+) of {text}`, `orders 2 of "sku-1"`, "Orders so many of a product of the catalogue.", func(w words) fakewa.Content {
			var n int
			fmt.Sscan(w[0], &n)
			return fakewa.Order(w[1], n)
		}},
		{`sends a poll`, `sends a poll`, "Sends a message of a type that the API does not support.", func(words) fakewa.Content { return fakewa.Unsupported("poll") }},
		{`sends something of the new type {text}`, `sends something of the new type "hologram"`, "Sends a message of a type that nobody has heard of yet.", func(w words) fakewa.Content {
			return fakewa.Content{"type": w[0], w[0]: map[string]any{"anything": 1}}
		}},
	} {
		send := func(who string, words ...string) error { return s.send(who, m.content(words)) }
		// godog calls a function with as many parameters as the pattern has groups.
		do := any(func(who string) error { return send(who) })
		switch regexp.MustCompile(inPatterns.Replace(m.pattern)).NumSubexp() {
		case 1:
			do = func(who, a string) error { return send(who, a) }
		case 2:
			do = func(who, a, b string) error { return send(who, a, b) }
		}
		steps = append(steps, step{"{who} " + m.pattern, "Ana " + m.example, m.meaning, do})
	}
	return steps
}

// send sends a message of a person.
func (s *scenario) send(who string, content fakewa.Content) error {
	s.last = who
	if s.beside {
		return s.take(sim.Step{Who: who, Act: people.Send(content)})
	}
	w, err := s.world()
	if err != nil {
		return err
	}
	return s.sent(w.Send(sim.Message{Who: who, Content: content}))
}

// tap taps what the bot has offered. A running bot may still be sending it.
func (s *scenario) tap(who, choice string) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	var content fakewa.Content
	if s.eventually(func() bool { content, err = w.Choose(who, choice); return err == nil }); err != nil {
		return err
	}
	return s.send(who, content)
}

// react reacts to the bot's last message, which a running bot may still be sending.
func (s *scenario) react(who, emoji string) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	last := ""
	if !s.eventually(func() bool {
		for _, m := range w.Inbox(who) {
			if m.Type != "reaction" {
				last = m.ID
			}
		}
		return last != ""
	}) {
		return fmt.Errorf("%s has received nothing to react to", who)
	}
	return s.send(who, fakewa.Reaction(last, emoji))
}

// sent keeps a refused webhook for the step that asks for it.
func (s *scenario) sent(err error) error {
	if refused, ok := errors.AsType[*sim.Refused](err); ok {
		s.refused = refused
		return nil
	}
	return err
}
