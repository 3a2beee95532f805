// Package features is the specification of the bot: scenarios in *.feature files, the
// bot in a world that they are played against ([Bot], [Register]), and the properties
// that hold in every run of it ([Properties]).
//
// go test ./features plays the scenarios, and so does godog, here and at the root.
package features

import (
	"fmt"
	"time"

	"github.com/cucumber/godog"

	"wappasim/bot"
	"wappasim/sim"
	"wappasim/sim/duration"
	"wappasim/sim/steps"
)

// Bot makes the production bot for a world. Change may alter its configuration;
// it may be nil.
func Bot(change func(*bot.Config)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		cfg := bot.Config{
			Redis: env.Redis, HTTP: env.HTTP, Clock: env.Clock, NewID: env.NewID, Logger: env.Logger,
			GraphURL: env.GraphURL, PhoneNumberID: env.PhoneNumberID, BusinessID: env.BusinessID,
			Token: env.Token, AppSecret: env.AppSecret, VerifyToken: env.VerifyToken,
		}
		if change != nil {
			change(&cfg)
		}
		return bot.New(cfg)
	}
}

const (
	inactivityTimeout = `^the inactivity timeout is (.+)$`
	sessionLimit      = `^a session has at most (\d+) messages$`
	timeZone          = `^the time zone is "([^"]*)"$`
)

// Settings are the patterns of the steps that set the bot up.
func Settings() []string { return []string{inactivityTimeout, sessionLimit, timeZone} }

// moments are those between two steps of the bot's work, as Redis sees them.
var moments = []struct{ what, point string }{
	{"stored a message", `Redis command 1 like "wappa:user:\S+ wappa:seen:"`},
	{"claimed a history", `Redis command 1 like "wappa:firing:\S+ wappa:EXPTRIGGER:"`},
	{"begun to send a history", `Redis command 1 like "wappa:user:\S+ wappa:batch:"`},
	{"sent a history", "API call 1"},
	{"noted that a history was sent", `Redis command 1 like "wappa:batch:.* sent "`},
	{"closed a session", `Redis command 1 like "wappa:firing:\S+ wappa:parked"`},
}

// Register adds all steps of the scenarios to a suite: those for any bot, the settings of
// this one, and [Steps].
func Register(sc *godog.ScenarioContext) {
	var settings []func(*bot.Config)
	change := func(cfg *bot.Config) {
		for _, set := range settings {
			set(cfg)
		}
	}
	steps.Suite{Bot: Bot(change), Properties: func() []sim.Property {
		cfg := bot.Config{Silence: 15 * time.Second}
		change(&cfg)
		return Properties(cfg.Silence, "wappa:seen:")
	}}.Register(sc)
	sc.Given(inactivityTimeout, func(text string) error {
		silence, err := duration.Parse(text)
		settings = append(settings, func(cfg *bot.Config) { cfg.Silence = silence })
		return err
	})
	sc.Given(sessionLimit, func(n int) error {
		settings = append(settings, func(cfg *bot.Config) { cfg.SessionLimit = n })
		return nil
	})
	sc.Given(timeZone, func(name string) error {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return fmt.Errorf("the time zone %q: %w", name, err)
		}
		settings = append(settings, func(cfg *bot.Config) { cfg.Location = zone })
		return nil
	})
	Steps(sc)
}

// Steps adds the steps that are made of others.
func Steps(sc *godog.ScenarioContext) {
	for _, moment := range moments {
		sc.When("^the bot crashes as soon as it has "+moment.what+"$", func() godog.Steps {
			return godog.Steps{"the bot crashes after " + moment.point}
		})
	}
	sc.When(`^(\S+) says (\d+) things, (\S+) seconds apart$`, func(who string, n int, pause string) (all godog.Steps) {
		for i := range n {
			all = append(all, fmt.Sprintf("%s says %q", who, fmt.Sprint("thing ", i+1)), pause+" seconds pass")
		}
		return all
	})
}
