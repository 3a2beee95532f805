// Package steps lets people, time and fault be written in Gherkin, for any bot.
//
// Call [Register] in a suite's scenario initializer. Each scenario gets a world
// of its own, which begins with its first When or Then and is closed at its end;
// what [sim.World.Close] returns fails the scenario.
//
// "godog run --definitions ." lists the steps. People are a name (Ana) or a
// number (+1234567890). "receives" speaks of what came since the last step that
// spoke of that person's messages.
package steps

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
)

// start is when a scenario begins that does not say.
var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Register adds the steps to a scenario whose world has the factory's bot.
func Register(sc *godog.ScenarioContext, f sim.Factory) {
	s := &scenario{factory: f, start: start, checked: make(map[string]int)}
	s.register(sc)
}

func (s *scenario) register(sc *godog.ScenarioContext) {
	s.registerSettings(sc)
	s.registerPeople(sc)
	s.registerTime(sc)
	s.registerFaults(sc)
	s.registerReceived(sc)
	s.registerBusiness(sc)
	s.registerRedis(sc)
	sc.After(func(ctx context.Context, _ *godog.Scenario, _ error) (context.Context, error) { return ctx, s.end() })
}

// scenario is a scenario under way.
type scenario struct {
	factory sim.Factory
	options []sim.Option
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
		s.begun = w
	}
	if s.refused != nil {
		return nil, s.refused
	}
	return s.begun, nil
}

func (s *scenario) end() error {
	if s.begun == nil {
		return nil
	}
	err := s.begun.Close()
	if s.refused != nil {
		err = errors.Join(s.refused, err)
	}
	return err
}

// who matches a person in a step.
const who = `(\+\d+|[A-Z][\w.]*)`

func (s *scenario) set(o sim.Option) error {
	if s.begun != nil {
		return errors.New("the world has begun: this step must come before what people do")
	}
	s.options = append(s.options, o)
	return nil
}

func (s *scenario) registerSettings(sc *godog.ScenarioContext) {
	sc.Given(`^the time is (.+)$`, func(text string) error {
		for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04"} {
			if t, err := time.Parse(layout, text); err == nil {
				s.start = t
				return s.set(sim.Start(t))
			}
		}
		return fmt.Errorf("%q is not a time like 2026-01-05 09:00:00", text)
	})
	sc.Given(`^the seed is (\d+)$`, func(text string) error {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return err
		}
		return s.set(sim.Seed(n))
	})
	sc.Given(`^the bot runs on (\d+) replicas$`, func(n int) error { return s.set(sim.Replicas(n)) })
}

func (s *scenario) registerTime(sc *godog.ScenarioContext) {
	sc.When(`^(\S+ [a-z]+) pass(?:es)?$`, func(text string) error {
		d, err := sim.ParseDuration(text)
		if err != nil {
			return err
		}
		w, err := s.world()
		if err != nil {
			return err
		}
		return w.Wait(d)
	})
	sc.When(`^time passes until (\d\d:\d\d(?::\d\d)?)$`, func(text string) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		clock, err := time.Parse("15:04:05", (text + ":00")[:8])
		if err != nil {
			return err
		}
		now := w.Now()
		at := now.Truncate(24 * time.Hour).Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute + time.Duration(clock.Second())*time.Second)
		if at.Before(now) {
			at = at.Add(24 * time.Hour)
		}
		return w.WaitUntil(at)
	})
}

// registerFaults adds the sentences that [sim.ParseFault] reads.
func (s *scenario) registerFaults(sc *godog.ScenarioContext) {
	for _, sentence := range sim.FaultSentences() {
		pattern := regexp.QuoteMeta(sentence)
		for field, matching := range map[string]string{
			"n": `\d+`, "code": `\d+`, "replica": `\d+`, "by": `-?[\d.]+ [a-z]+`, "for": `[\d.]+ [a-z]+`,
			"like":  `"[^"]*"`,
			"point": `(?:before|after) (?:Redis command|API call)`,
		} {
			pattern = strings.ReplaceAll(pattern, `\{`+field+`\}`, matching)
		}
		sc.Step("^("+pattern+")$", func(text string) error {
			fault, err := sim.ParseFault(text)
			if err != nil {
				return err
			}
			w, err := s.world()
			if err != nil {
				return err
			}
			return w.Inject(fault)
		})
	}
}
