// Command sim is a chat with the bot in a terminal: no WhatsApp, no Redis, no
// waiting.
//
//	go run ./cmd/sim
//
// On a pipe, time stands still but for /wait, and the output is the same on
// every run.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"wappasim/bot"
	"wappasim/sim"
	"wappasim/sim/chat"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// pipeStart is when time begins on a pipe.
var pipeStart = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func run(args []string, stdin, stdout *os.File, stderr io.Writer) (status int) {
	flags := flag.NewFlagSet("sim", flag.ContinueOnError)
	flags.SetOutput(stderr)
	start := flags.String("start", "", "the `time` at which the world begins, as 2026-01-05T10:30:45Z (default now on a terminal, "+pipeStart.Format(time.RFC3339)+" on a pipe)")
	timeout := flags.Duration("timeout", 15*time.Second, "the silence after which the bot answers, in whole seconds")
	user := flags.String("user", "+1234567890", "your `number`")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "sim: %q is one argument too many: there are flags only, and -help lists them\n", flags.Arg(0))
		return 2
	}
	onTerminal := term.IsTerminal(int(stdin.Fd())) && term.IsTerminal(int(stdout.Fd()))
	begin := pipeStart
	if onTerminal {
		begin = time.Now()
	}
	if *start != "" {
		var err error
		if begin, err = time.Parse(time.RFC3339, *start); err != nil {
			fmt.Fprintf(stderr, "sim: -start is %q: want a time like 2026-01-05T10:30:45Z\n", *start)
			return 2
		}
	}
	w, err := sim.New(factory(*timeout), sim.Start(begin))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	talk, err := chat.New(w, *user)
	switch {
	case err != nil:
	case onTerminal:
		err = talk.Terminal(stdin, stdout)
	default:
		err = talk.Pipe(stdin, stdout, stderr)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// factory makes the production bot for the world.
func factory(silence time.Duration) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		return bot.New(bot.Config{
			Redis: env.Redis, HTTP: env.HTTP, Clock: env.Clock, NewID: env.NewID, Logger: env.Logger,
			GraphURL: env.GraphURL, PhoneNumberID: env.PhoneNumberID, BusinessID: env.BusinessID,
			Token: env.Token, AppSecret: env.AppSecret, VerifyToken: env.VerifyToken,
			Silence: silence,
		})
	}
}
