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
// [World] gives it to steps of your own.
//
// docs/scenarios.md lists the steps with an example of each. A person is a name (Ana)
// or a number (+1234567890). "receives" is about the messages since the last step
// about that person's messages.
package steps

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/fakewa/coexist"
	"wappasim/sim"
	"wappasim/sim/model"
	"wappasim/sim/recording"
)

// start is when a scenario begins that does not say.
var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Suite is how the steps are registered with more than a bot.
type Suite struct {
	Bot        sim.Factory
	Options    []sim.Option          // of each scenario's world; steps about the beginning come after these
	Properties func() []sim.Property // that a step can name, asked for when one does; default [sim.AnyBot]
}

// Register adds the steps to a scenario whose world has the factory's bot, and is made
// with the options.
func Register(sc *godog.ScenarioContext, f sim.Factory, opts ...sim.Option) {
	Suite{Bot: f, Options: opts}.Register(sc)
}

// Register adds the steps to a scenario.
func (suite Suite) Register(sc *godog.ScenarioContext) {
	if suite.Properties == nil {
		suite.Properties = sim.AnyBot
	}
	s := &scenario{
		factory: suite.Bot, options: slices.Clip(suite.Options), properties: suite.Properties,
		start: start, checked: make(map[string]int), zones: make(map[string]*time.Location),
	}
	s.register(sc)
}

type scenarioKey struct{} // of the *scenario in a step's context

// World returns the world of a scenario, for steps of your own, which get their context
// from godog. It begins if it has not. With a running bot there is none: then the error
// has godog skip the scenario.
func World(ctx context.Context) (*sim.World, error) {
	s, ok := ctx.Value(scenarioKey{}).(*scenario)
	if !ok {
		return nil, errors.New("steps: this context belongs to no scenario: pass the one that godog gives to the step, in a suite with steps.Register")
	}
	if s.live != nil {
		return nil, skip("a step of the program's own needs a world")
	}
	begun, err := s.world()
	if err != nil {
		return nil, err
	}
	return begun.(*sim.World), nil
}

// scenario is a scenario under way.
type scenario struct {
	factory sim.Factory
	options []sim.Option
	people  []string  // who get the first numbers
	beside  bool      // steps do not wait for their effects
	began   time.Time // as the world has it
	zones   map[string]*time.Location

	properties func() []sim.Property // that a step can name

	live    *Live          // nil: in a world
	start   time.Time      // with live
	begun   stage          // nil: not yet
	checked map[string]int // messages of each person that a step has spoken of
	last    string         // who spoke last
	refused *sim.Refused   // the last webhook was refused, and no step has said so
	calls   int            // of the bot to the API when a step last spoke of them
	answer  fakewa.Answer  // of WhatsApp to the business
	fileURL string         // that WhatsApp gave last
	model   *model.Model   // that a step has put into the world

	keys *recording.Keys // that Redis has held; nil: nobody wants them

	app *coexist.Business // what the business does in the WhatsApp Business app; nil: nothing so far
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
		s.record(w)
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
func (s *scenario) end(ctx context.Context, played *godog.Scenario, failed error) (context.Context, error) {
	if s.begun == nil {
		return ctx, nil
	}
	broke := 0
	if w, ok := s.begun.(*sim.World); ok {
		broke = w.Trace().Len()
	}
	err := s.begun.Close()
	if s.refused != nil && !errors.Is(failed, s.refused) {
		err = errors.Join(s.refused, err)
	}
	err = errors.Join(err, s.writeRecording(played, cmp.Or(failed, err), broke))
	if err != nil {
		err = &indentedError{err}
	}
	return ctx, err
}

func (s *scenario) set(o ...sim.Option) error {
	if s.begun != nil {
		return errors.New("the world has begun: this step must come before what people do")
	}
	s.options = append(s.options, o...)
	return nil
}
