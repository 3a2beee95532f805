// Command talk chats with the menu bot in a world, plays its scenarios, and explores it:
//
//	go run ./examples/menu/cmd/talk
//	go run ./examples/menu/cmd/talk test examples/menu/features
//
// With -webhook, "test" plays the scenarios with a menubot that runs.
package main

import (
	"os"
	"time"

	"github.com/cucumber/godog"

	"wappasim/examples/internal/explore"
	"wappasim/examples/menu"
	"wappasim/sim"
	"wappasim/sim/cli"
)

func newBot(env sim.Env) (sim.App, error) {
	bot := menu.New(explore.Account(env), env.Redis.Simple(), env.Logger)
	bot.Ready, bot.Cooking = "hello_world", 3*time.Second
	return bot, nil
}

// steps adds the bot's own steps, which are made of others.
func steps(sc *godog.ScenarioContext) {
	sc.When(`^(\S+) puts a (small|large) "([^"]*)" of the page "([^"]*)" into the cart$`, func(who, size, dish, page string) godog.Steps {
		return godog.Steps{
			who + ` says "hello"`,
			who + ` picks "` + page + `" from the list`,
			who + ` picks "` + dish + `" from the list`,
			who + ` taps "` + map[string]string{"small": "Small", "large": "Large"}[size] + `"`,
		}
	})
}

func main() {
	os.Exit(cli.Program{Name: "talk", Bot: newBot, Steps: steps, Faults: sim.AllFaults}.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
