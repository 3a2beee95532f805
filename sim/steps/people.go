package steps

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
)

func (s *scenario) registerPeople(sc *godog.ScenarioContext) {
	sends := func(pattern string, content func(w stage, who string, words []string) (fakewa.Content, error)) {
		send := func(who string, words ...string) error {
			w, err := s.world()
			if err != nil {
				return err
			}
			c, err := content(w, who, words)
			if err != nil {
				return err
			}
			s.last = who
			return s.sent(w.Send(sim.Message{Who: who, Content: c}))
		}
		// godog calls a function with as many parameters as the pattern has groups.
		switch groups(pattern) {
		case 0:
			sc.When(`^`+who+` `+pattern+`$`, func(who string) error { return send(who) })
		case 1:
			sc.When(`^`+who+` `+pattern+`$`, func(who, a string) error { return send(who, a) })
		default:
			sc.When(`^`+who+` `+pattern+`$`, func(who, a, b string) error { return send(who, a, b) })
		}
	}
	simple := func(pattern string, content func(words []string) fakewa.Content) {
		sends(pattern, func(_ stage, _ string, words []string) (fakewa.Content, error) { return content(words), nil })
	}
	simple(`says "([^"]*)"`, func(w []string) fakewa.Content { return fakewa.Text(w[0]) })
	simple(`sends an image`, func([]string) fakewa.Content { return fakewa.Image("") })
	simple(`sends an image captioned "([^"]*)"`, func(w []string) fakewa.Content { return fakewa.Image(w[0]) })
	simple(`sends a video`, func([]string) fakewa.Content { return fakewa.Video("") })
	simple(`sends a video captioned "([^"]*)"`, func(w []string) fakewa.Content { return fakewa.Video(w[0]) })
	simple(`sends an audio file`, func([]string) fakewa.Content { return fakewa.Audio() })
	simple(`sends a voice message`, func([]string) fakewa.Content { return fakewa.Voice() })
	simple(`sends the document "([^"]*)"`, func(w []string) fakewa.Content { return fakewa.Document(w[0], "") })
	simple(`sends the document "([^"]*)" captioned "([^"]*)"`, func(w []string) fakewa.Content { return fakewa.Document(w[0], w[1]) })
	simple(`sends a sticker`, func([]string) fakewa.Content { return fakewa.Sticker() })
	simple(`sends a location`, func([]string) fakewa.Content { return fakewa.Location(37.44, -122.16, "", "") })
	simple(`sends the location of "([^"]*)" at "([^"]*)"`, func(w []string) fakewa.Content { return fakewa.Location(37.44, -122.16, w[0], w[1]) })
	simple(`sends the contact "([^"]*)" with the number "([^"]*)"`, func(w []string) fakewa.Content { return fakewa.Contact(w[0], w[1]) })
	simple(`taps "([^"]*)"`, func(w []string) fakewa.Content { return fakewa.ButtonReply("id-"+w[0], w[0]) })
	simple(`picks "([^"]*)" from the list`, func(w []string) fakewa.Content { return fakewa.ListReply("id-"+w[0], w[0], "") })
	simple(`taps "([^"]*)" under a template`, func(w []string) fakewa.Content { return fakewa.TemplateButton(w[0], w[0]) })
	simple(`orders (\d+) of "([^"]*)"`, func(w []string) fakewa.Content {
		var n int
		fmt.Sscan(w[0], &n)
		return fakewa.Order(w[1], n)
	})
	simple(`sends a poll`, func([]string) fakewa.Content { return fakewa.Unsupported("poll") })
	simple(`sends something of the new type "([^"]*)"`, func(w []string) fakewa.Content {
		return fakewa.Content{"type": w[0], w[0]: map[string]any{"anything": 1}}
	})
	sends(`changes to the number (\d+)`, func(w stage, who string, words []string) (fakewa.Content, error) {
		return fakewa.NumberChanged(w.Number(who), words[0]), nil
	})
	sends(`reacts "([^"]*)"`, func(w stage, who string, words []string) (fakewa.Content, error) {
		inbox := w.Inbox(who)
		if len(inbox) == 0 {
			return nil, fmt.Errorf("%s has received nothing to react to", who)
		}
		return fakewa.Reaction(inbox[len(inbox)-1].ID, words[0]), nil
	})

	sc.When(`^`+who+` says:$`, func(who string, text *godog.DocString) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		s.last = who
		return s.sent(w.Say(who, text.Content))
	})
	sc.When(`^`+who+` says (\d+) characters$`, func(who string, n int) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		s.last = who
		return s.sent(w.Say(who, digits(n)))
	})
	sc.When(`^these messages arrive in one webhook:$`, s.arriveTogether)
	sc.When(`^the webhook is delivered again$`, func() error {
		w, err := s.world()
		if err != nil {
			return err
		}
		return s.sent(w.Redeliver(s.last))
	})
	sc.When(`^somebody forges a message of `+who+` that says "([^"]*)"$`, func(who, text string) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		answer, err := w.SendUnsigned(sim.Message{Who: who, Content: fakewa.Text(text)})
		if err != nil {
			return err
		}
		if answer.Status != http.StatusOK {
			s.refused = &sim.Refused{Answer: answer}
		}
		return nil
	})
	sc.When(`^`+who+` reads the messages$`, func(who string) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		return w.Read(who)
	})
	sc.Then(`^the webhook is answered (\d+)$`, func(want int) error {
		got := http.StatusOK
		if s.refused != nil {
			got = s.refused.Answer.Status
		}
		if got != want {
			return fmt.Errorf("the webhook was answered %d", got)
		}
		s.refused = nil
		return nil
	})
}

// arriveTogether sends the rows of a table with the columns who and text.
func (s *scenario) arriveTogether(table *godog.Table) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	rows, err := columns(table, "who", "text")
	if err != nil {
		return err
	}
	var batch []sim.Message
	for _, row := range rows {
		batch = append(batch, sim.Message{Who: row[0], Content: fakewa.Text(row[1])})
		s.last = row[0]
	}
	return s.sent(w.Send(batch...))
}

// sent keeps a refusal for the step that speaks of it.
func (s *scenario) sent(err error) error {
	if refused, ok := errors.AsType[*sim.Refused](err); ok {
		s.refused = refused
		return nil
	}
	return err
}
