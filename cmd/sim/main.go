// Command sim tests the bot without WhatsApp, Redis or waiting: a chat with it in
// a terminal, its scenarios, exploration of seeds, and talks that are replayed.
//
//	go run ./cmd/sim
//	go run ./cmd/sim help
//
// On a pipe, time stands still but for /wait, and the output is the same on
// every run.
package main

import (
	"flag"
	"io"
	"os"
	"time"

	"wappasim/bot"
	"wappasim/features"
	"wappasim/sim"
	"wappasim/sim/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin, stdout *os.File, stderr io.Writer) (status int) {
	silence := 15 * time.Second
	return cli.Program{
		Command:    "go run ./cmd/sim",
		Bot:        features.Bot(func(cfg *bot.Config) { cfg.Silence = silence }),
		Register:   features.Register,
		Steps:      features.Steps,
		Settings:   features.Settings(),
		Properties: func() []sim.Property { return features.Properties(silence, "wappa:seen:") },
		Faults:     sim.AllFaults,
		Flags: func(flags *flag.FlagSet) {
			flags.DurationVar(&silence, "timeout", silence, "the silence after which the bot answers, in whole seconds")
		},
	}.Run(args, stdin, stdout, stderr)
}
