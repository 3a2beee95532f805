package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/fakewa/flow"
	"wappasim/fakewa/message"
	"wappasim/sim"
	"wappasim/sim/internal/inside"
	"wappasim/sim/people"
)

// flowSteps are what people do in flows.
func (s *scenario) flowSteps() []step {
	fill := func(who, field string, values ...string) error {
		return s.inFlow(who, func(ctx context.Context, v *flow.Visit) error { return v.Fill(ctx, field, values...) })
	}
	press := func(who, button string) error {
		return s.inFlow(who, func(ctx context.Context, v *flow.Visit) error { return v.Press(ctx, button) })
	}
	back := func(who string) error {
		return s.inFlow(who, func(ctx context.Context, v *flow.Visit) error { return v.Back(ctx) })
	}
	shut := func(who string) error {
		return s.inFlow(who, func(_ context.Context, v *flow.Visit) error { return v.Close() })
	}
	return []step{
		{`the business has the flow {text}:`, `the business has the flow "survey":`, "The definition, which follows as a doc string, is that of a published flow without an endpoint. It can be said of several. A bot with an endpoint creates its flow itself.", s.hasFlow},
		{`{who} opens the flow {text}`, `Ana opens the flow "Book a table"`, "Taps the button of the latest message that has it.", s.open},
		{`{who} enters {text} in {text}`, `Ana enters "Ana" in "Your name"`, "Types into a field, which is named by its label or name; a date is like 2026-01-31.", func(who, words, field string) error { return fill(who, field, words) }},
		{`{who} picks {text} in {text}`, `Ana picks "At the window" in "Table"`, "Picks an option of a field, by its title or id.", func(who, option, field string) error { return fill(who, field, option) }},
		{`{who} ticks {text}`, `Ana ticks "Send me news"`, "Agrees to an OptIn.", func(who, field string) error { return fill(who, field) }},
		{`{who} continues`, "Ana continues", "Presses the footer of the screen. It fails if the phone refuses that, or if the endpoint does not answer well.", func(who string) error { return press(who, "") }},
		{`{who} presses {text}`, `Ana presses "Read the terms"`, "Presses the footer, a link or a row of the screen.", press},
		{`{who} goes back`, "Ana goes back", "Goes back to the screen before; on the first one that closes the flow.", back},
		{`{who} closes the flow`, "Ana closes the flow", "Closes it without sending anything.", shut},
		{`{who} cannot continue: {text}`, `Ana cannot continue: "it is required"`, "The footer fails with an error that has these words: why the phone refuses it, or what is wrong with the endpoint, like unexpected_http_status_code.", func(who, why string) error { return fails(why, press(who, "")) }},
		{`{who} cannot enter {text} in {text}: {text}`, `Ana cannot enter "x" in "Day": "no date"`, "The phone refuses that, with an error that has these words.", func(who, words, field, why string) error { return fails(why, fill(who, field, words)) }},
		{`{who} cannot open the flow {text}: {text}`, `Ana cannot open the flow "Book a table": "business-decryption-error"`, "The button fails with an error that has these words.", func(who, button, why string) error { return fails(why, s.open(who, button)) }},
		{`{who} sees the screen {text}`, `Ana sees the screen "When?"`, "The screen of the flow has this title or id.", func(who, title string) error {
			return s.see(who, func(screen flow.Screen) bool { return screen.Title == title || screen.ID == title })
		}},
		{`{who} sees {text}`, `Ana sees "We hold the window"`, "The screen has these words somewhere: in a text, a field, an option, a button or a message of the endpoint.", func(who, words string) error {
			return s.see(who, func(screen flow.Screen) bool { return strings.Contains(screen.String(), words) })
		}},
		{`{who} sees that the flow is closed`, "Ana sees that the flow is closed", "It was sent, closed, or ended by the endpoint.", func(who string) error {
			return s.see(who, func(screen flow.Screen) bool { return screen.Closed != "" })
		}},
		{`{who} fills the flow {text} with {text} and choice (\d+)`, `Ana fills the flow "Book a table" with "apple 003" and choice 2`, "Fills it in as somebody in an exploration does, screen by screen, while time passes.", s.fillIn},
		{`the next flow request is encrypted with a wrong key`, "the next flow request is encrypted with a wrong key", "As if the business had changed its key. A phone fetches the key again after an answer 421, and asks once more.", func() error { return s.wrongly(fakewa.Fault{WrongKey: true, Times: 1}) }},
		{`the next (\d+) flow requests are encrypted with a wrong key`, "the next 2 flow requests are encrypted with a wrong key", "The second one is that after an answer 421.", func(n int) error { return s.wrongly(fakewa.Fault{WrongKey: true, Times: n}) }},
		{`the next flow request has a wrong signature`, "the next flow request has a wrong signature", "The bot should answer 432.", func() error { return s.wrongly(fakewa.Fault{WrongSignature: true, Times: 1}) }},
	}
}

// hasFlow creates a flow and publishes it, as the business.
func (s *scenario) hasFlow(name string, definition *godog.DocString) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"name": name, "categories": []string{"OTHER"}, "flow_json": definition.Content, "publish": true})
	if err != nil {
		return err
	}
	answer, err := w.Call("POST", "/{whatsapp-business-account-id}/flows", string(body))
	if err == nil && (!answer.OK() || !strings.Contains(answer.Body, `"validation_errors":[]`)) {
		err = fmt.Errorf("WhatsApp answered %d %s", answer.Status, strings.TrimSpace(answer.Body))
	}
	return err
}

// withFake does something with WhatsApp, in a world while time passes.
func (s *scenario) withFake(do func(ctx context.Context, fake *fakewa.Server) error) error {
	begun, err := s.world()
	if err != nil {
		return err
	}
	if r, ok := begun.(*running); ok {
		return do(context.Background(), r.fake)
	}
	return inside.Do(begun, "the endpoint of a flow", func(fake *fakewa.Server) error { return do(context.Background(), fake) })
}

func (s *scenario) open(who, button string) error {
	begun, err := s.world()
	if err != nil {
		return err
	}
	user := begun.Number(who)
	s.eventually(func() bool { // a running bot may still be sending it
		return slices.ContainsFunc(begun.Inbox(who), func(m fakewa.Message) bool {
			return slices.ContainsFunc(m.Choices, func(c message.Choice) bool { return c.Kind == "flow" && c.Title == button })
		})
	})
	return s.withFake(func(ctx context.Context, fake *fakewa.Server) error {
		_, err := fake.Config().Flows.Open(ctx, user, button)
		return err
	})
}

// inFlow does something in the flow that a person has open. A webhook that is refused is kept
// for the step that asks for it.
func (s *scenario) inFlow(who string, do func(ctx context.Context, v *flow.Visit) error) error {
	begun, err := s.world()
	if err != nil {
		return err
	}
	user := begun.Number(who)
	s.last = who
	err = s.withFake(func(ctx context.Context, fake *fakewa.Server) error {
		v := fake.Config().Flows.Visit(user)
		if v == nil {
			return fmt.Errorf("%s has opened no flow", who)
		}
		return do(ctx, v)
	})
	if refused, ok := errors.AsType[*flow.ReplyError](err); ok {
		err = &sim.Refused{Answer: fakewa.Answer{Status: refused.Status, Body: refused.Body, Error: refused.Why}}
	}
	return s.sent(err)
}

// fails returns an error unless there is one that has some words.
func fails(words string, err error) error {
	switch {
	case err == nil:
		return errors.New("it can be done")
	case strings.Contains(err.Error(), words):
		return nil
	}
	return err
}

func (s *scenario) see(who string, so func(flow.Screen) bool) error {
	return s.inFlow(who, func(_ context.Context, v *flow.Visit) error {
		if screen := v.Screen(); !so(screen) {
			return fmt.Errorf("%s sees the screen %s:\n%s\nclosed: %q", who, screen.ID, screen, screen.Closed)
		}
		return nil
	})
}

// fillIn fills in a flow as a step of an exploration.
func (s *scenario) fillIn(who, title, words string, choice int) error {
	w, err := s.aWorld()
	if err != nil {
		return err
	}
	err = w.Take(sim.Step{Who: who, Act: people.Fill(people.Offer{Title: title}, words, choice)})
	if err == nil && !s.beside {
		err = w.Wait(0)
	}
	return err
}

// wrongly makes the next requests to endpoints meet a fault.
func (s *scenario) wrongly(f fakewa.Fault) error {
	f.Endpoint = "flow"
	return s.withFake(func(_ context.Context, fake *fakewa.Server) error {
		fake.Inject(f)
		return nil
	})
}
