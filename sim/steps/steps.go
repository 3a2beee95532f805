// Package steps are the steps of scenarios in Gherkin, for any bot: people, time and
// faults.
//
//	suite := godog.TestSuite{
//		ScenarioInitializer: func(sc *godog.ScenarioContext) { steps.Register(sc, newBot) },
//		Options:             &godog.Options{Format: "progress", Output: io.Discard, Strict: true, Paths: []string{"testdata/features"}},
//	}
//	status := suite.Run()
//
// Each scenario gets a world of its own. It begins with the first step that is not
// about the beginning, and is closed at the scenario's end; an error of
// [sim.World.Close] fails the scenario.
//
// docs/scenarios.md lists the steps with an example of each. A person is a name (Ana)
// or a number (+1234567890). "receives" is about the messages since the last step
// about that person's messages.
package steps

import (
	"context"
	"errors"
	"time"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/internal/person"
)

// start is when a scenario begins that does not say.
var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Register adds the steps to a scenario whose world has the factory's bot. The properties are
// those that a step can name; they are asked for when one does. Default: [sim.AnyBot].
func Register(sc *godog.ScenarioContext, f sim.Factory, properties ...func() []sim.Property) {
	if properties == nil {
		properties = append(properties, sim.AnyBot)
	}
	s := &scenario{factory: f, properties: properties, start: start, checked: make(map[string]int)}
	s.register(sc)
}

// scenario is a scenario under way.
type scenario struct {
	factory sim.Factory
	options []sim.Option
	people  []string  // who get the first numbers
	beside  bool      // steps do not wait for their effects
	began   time.Time // as the world has it

	properties []func() []sim.Property // that a step can name

	live    *Live          // nil: in a world
	start   time.Time      // with live
	begun   stage          // nil: not yet
	checked map[string]int // messages of each person that a step has spoken of
	last    string         // who spoke last
	refused *sim.Refused   // the last webhook was refused, and no step has said so
	calls   int            // of the bot to the API when a step last spoke of them
	answer  fakewa.Answer  // of WhatsApp to the business
	fileURL string         // that WhatsApp gave last
}

// world begins the world, if it has not begun.
func (s *scenario) world() (stage, error) {
	switch {
	case s.begun != nil:
	case s.live != nil:
		s.begun = s.live.begin(s.start)
	default:
		w, err := sim.New(s.factory, s.options...)
		if err != nil {
			return nil, err
		}
		s.begun, s.began = w, w.Now()
		for _, who := range s.people {
			w.Number(who)
		}
	}
	if s.refused != nil {
		return nil, s.refused
	}
	return s.begun, nil
}

// end closes the world, or ends the scenario with a running bot.
func (s *scenario) end(ctx context.Context, _ *godog.Scenario, failed error) (context.Context, error) {
	if s.begun == nil {
		return ctx, nil
	}
	err := s.begun.Close()
	if s.refused != nil && !errors.Is(failed, s.refused) {
		err = errors.Join(s.refused, err)
	}
	return ctx, err
}

// who matches a person in a step.
const who = `(\+\d+|` + person.Pattern + `)`

func (s *scenario) set(o ...sim.Option) error {
	if s.begun != nil {
		return errors.New("the world has begun: this step must come before what people do")
	}
	s.options = append(s.options, o...)
	return nil
}
