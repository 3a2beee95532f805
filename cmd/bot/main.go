// Command bot is the bot in production: an HTTP server for WhatsApp's webhooks,
// and the timers that answer them.
//
//	bot                     serves until SIGTERM or SIGINT
//	bot -check              checks the set-up; the exit status is 1 if anything is wrong
//	bot -parked             lists the histories that could not be sent, each with the reason
//	bot -requeue            has the running bots send them again, all or only those of the
//	                        users given as arguments
//	bot -forget +1234567890 deletes all data of a user
//
// It is configured by the environment or a file .env; see docs/bot.md. The exit status
// is 2 if the configuration is wrong.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"

	"wappasim/bot"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// drainTime bounds how long requests and handlers under way may take after
// SIGTERM. Orchestrators commonly kill after 30 seconds.
const drainTime = 25 * time.Second

// requestTime is how much of that requests may take.
const requestTime = 10 * time.Second

// collectAt is GOGC, if the environment does not say it. What the bot keeps is small, because
// sessions are in Redis; so Go's own 100 % would collect garbage after every few megabytes, which
// takes a tenth of the processor and more when many webhooks arrive. Instead it takes about 40 MB more.
const collectAt = 1000

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	flags := flag.NewFlagSet("bot", flag.ContinueOnError)
	flags.SetOutput(stderr)
	check := flags.Bool("check", false, "check the set-up and exit; the exit status is 1 if anything is wrong")
	list := flags.Bool("parked", false, "list the histories that could not be sent, each with the reason, and exit")
	requeue := flags.Bool("requeue", false, "have the running bots send the parked histories again, all or only those of the users given as arguments, and exit")
	forget := flags.String("forget", "", "delete all data of a `user` and exit")
	verbose := flags.Bool("v", false, "also log debug messages; they contain what users write")
	flags.Usage = func() {
		fmt.Fprint(stderr, "Usage: bot [flags] [users]\n\nWithout flags, bot serves WhatsApp's webhooks until SIGTERM or SIGINT.\n"+
			"The environment or a file .env configures it; docs/bot.md lists the variables.\n\nFlags:\n")
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0 && !*requeue:
		fmt.Fprintf(stderr, "bot: %q is one argument too many: only -requeue takes arguments; -help lists the flags\n", flags.Arg(0))
		return 2
	}
	cfg, err := readConfig()
	if err != nil {
		fmt.Fprintf(stderr, "bot: %v\n", err)
		return 2
	}
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	cfg.bot.Logger = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	redis.SetLogger(redisLog{cfg.bot.Logger})
	var do adminCommand
	switch {
	case *check:
		do = func(ctx context.Context, _ *bot.Bot, w io.Writer) error { return bot.Check(ctx, cfg.bot, w) }
	case *list:
		do = listParked
	case *requeue:
		do = func(ctx context.Context, b *bot.Bot, w io.Writer) error {
			return requeueParked(ctx, b, w, flags.Args())
		}
	case *forget != "":
		do = func(ctx context.Context, b *bot.Bot, w io.Writer) error { return forgetUser(ctx, b, w, *forget) }
	}
	if do != nil {
		if err := do.run(ctx, cfg.bot, stdout); err != nil {
			fmt.Fprintf(stderr, "bot: %v\n", err)
			return 1
		}
		return 0
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	cfg.bot.Metrics = prometheus.NewRegistry()
	cfg.bot.Metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if err := serve(ctx, cfg); err != nil {
		fmt.Fprintf(stderr, "bot: %v\n", err)
		return 1
	}
	return 0
}

// serve runs the bot until ctx ends, then drains: requests first, so that what
// they acknowledge is stored, then timers and what is being sent.
func serve(ctx context.Context, cfg config) error {
	b, err := bot.New(cfg.bot)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.addr)
	if err != nil {
		return errors.Join(fmt.Errorf("ADDR is %q: %w", cfg.addr, err), b.Close())
	}
	log := cfg.bot.Logger
	server := &http.Server{
		Handler: b, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	running, stop := context.WithCancel(context.Background())
	defer stop()
	stopped := make(chan error, 2)
	go func() { stopped <- b.Run(running) }()
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			stopped <- fmt.Errorf("serve HTTP: %w", err)
		}
	}()
	log.Info("the bot is listening", "addr", listener.Addr().String(), "silence", cfg.bot.Silence)

	var failed error
	select {
	case <-ctx.Done():
	case failed = <-stopped:
	}
	log.Info("draining")
	drain, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	drained := make(chan error, 1)
	go func() {
		requests, cancel := context.WithTimeout(drain, requestTime)
		defer cancel()
		err := server.Shutdown(requests)
		if err != nil { // a client is slow; WhatsApp redelivers what was not answered
			err = server.Close()
		}
		stop()
		if failed == nil {
			err = errors.Join(err, <-stopped)
		}
		drained <- errors.Join(err, b.Close())
	}()
	select {
	case err = <-drained:
	case <-drain.Done():
		err = fmt.Errorf("not drained within %s: histories that were being sent stay in Redis, and the next bot sends them", drainTime)
	}
	if err = errors.Join(failed, err); err == nil {
		log.Info("drained")
	}
	return err
}

// redisLog hands go-redis' own messages on.
type redisLog struct{ log *slog.Logger }

func (l redisLog) Printf(ctx context.Context, format string, args ...any) {
	l.log.WarnContext(ctx, fmt.Sprintf(format, args...))
}
