// Command bench measures the bot and its timers beside what else a Go developer
// could use, in one run on one machine, and prints tables with ratios.
//
//	go run .                      everything, in about a quarter of an hour
//	go run . -quick               the smallest sizes, in under a minute
//	go run . -only rearm,memory   some parts: lateness, bot, rearm, webhooks, memory
//
// It needs redis-server on the PATH. Every measurement has a server of its own on
// 127.0.0.1 that keeps nothing on disk. Exit 1 is a measurement that failed, or a
// timer of the bot's that came early or not at all; being slow is no failure.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// parts of a run, in order.
var parts = []struct {
	name string
	do   func(context.Context, *plan) error
}{
	{"memory", measureMemory},
	{"rearm", measureRearms},
	{"webhooks", measureWebhooks},
	{"lateness", measureLateness},
	{"bot", measureBot},
}

// plan says what is measured, and where the report goes.
type plan struct {
	out io.Writer

	users        []int // with timers of 15 s, one measurement each
	manyUsers    int   // pending, spread over spread; 0: none
	spread       time.Duration
	warm, window time.Duration

	rearmUsers, rearmRounds int
	rearmFor                time.Duration

	webhooks, webhookRounds int
	memoryUsers             int
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == emptyHandler {
		serveNothing()
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	p := &plan{out: out, spread: 1000 * time.Second}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	quick := flags.Bool("quick", false, "the smallest sizes, in under a minute")
	only := flags.String("only", "", "`parts` to measure, of memory,rearm,webhooks,lateness,bot; default: all")
	users := flags.String("users", "", "`numbers` of users with timers of 15 s; default: 1000,10000,100000")
	flags.IntVar(&p.manyUsers, "many", 1_000_000, "`users` whose timers are spread over 1000 s; 0 leaves that out")
	flags.DurationVar(&p.window, "window", 20*time.Second, "how long lateness is looked at")
	flags.IntVar(&p.webhooks, "webhooks", 40_000, "`number` of webhooks in a round")
	flags.IntVar(&p.memoryUsers, "memory-users", 100_000, "`users` for whom Redis' memory is measured")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p.warm, p.rearmUsers, p.rearmRounds, p.rearmFor, p.webhookRounds = 15*time.Second, 100_000, 3, 1500*time.Millisecond, 3
	if *users == "" {
		*users = "1000,10000,100000"
	}
	if *quick {
		*users, p.manyUsers, p.warm, p.window = "1000", 0, 0, 3*time.Second
		p.rearmUsers, p.rearmRounds, p.rearmFor = 2000, 1, 300*time.Millisecond
		p.webhooks, p.webhookRounds, p.memoryUsers = 3000, 1, 10_000
	}
	for text := range strings.SplitSeq(*users, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-users is %q: want numbers like 1000,10000", *users)
		}
		p.users = append(p.users, n)
	}
	chosen := strings.Split(*only, ",")
	for _, name := range chosen {
		known := name == "" && *only == ""
		for _, part := range parts {
			known = known || part.name == name
		}
		if !known {
			return fmt.Errorf("-only names %q, which is no part", name)
		}
	}
	redis.SetLogger(quiet{})
	log.SetOutput(io.Discard)
	if err := describeMachine(out); err != nil {
		return err
	}
	defer removeBotBinary()
	var failed []error
	for _, part := range parts {
		if *only != "" && !slices.Contains(chosen, part.name) {
			continue
		}
		start := time.Now()
		if err := part.do(ctx, p); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", part.name, err))
		}
		fmt.Fprintf(out, "(%s took %s)\n", part.name, time.Since(start).Round(time.Second))
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// quiet drops what go-redis says of connections that are closed at the end.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}
