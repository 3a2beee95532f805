// Command fakewa is a fake of WhatsApp's Cloud API, for bots in any language.
//
//	fakewa -addr 127.0.0.1:4004 -webhook http://127.0.0.1:8000/webhook
//
// It prints its address first, which matters with port 0. A bot sends to http://127.0.0.1:4004/v23.0/{phone-id}/messages, users write to
// it through http://127.0.0.1:4004/_fakewa/users/{number}/messages.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"wappasim/fakewa"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	var cfg fakewa.Config
	flags := flag.NewFlagSet("fakewa", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:4004", "the `address` to listen on; port 0 picks one")
	flags.StringVar(&cfg.WebhookURL, "webhook", "http://127.0.0.1:8000/webhook", "the bot's webhook `URL`")
	flags.StringVar(&cfg.AppSecret, "app-secret", "secret", "signs webhooks")
	flags.StringVar(&cfg.VerifyToken, "verify-token", "verify", "of the webhook's handshake")
	flags.StringVar(&cfg.Token, "token", "", "what the bot must present (default any)")
	flags.StringVar(&cfg.PhoneNumberID, "phone-id", "106540352242922", "the `id` of the business number")
	flags.StringVar(&cfg.BusinessID, "waba-id", "102290129340398", "the `id` of the WhatsApp business account")
	flags.Uint64Var(&cfg.Seed, "seed", rand.Uint64(), "of the ids: the same seed and calls give the same (default random)")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "fakewa: %q is one argument too many: there are flags only, and -help lists them\n", flags.Arg(0))
		return 2
	}
	if u, err := url.Parse(cfg.WebhookURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		fmt.Fprintf(stderr, "fakewa: -webhook is %q: want a URL like http://127.0.0.1:8000/webhook\n", cfg.WebhookURL)
		return 2
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		fmt.Fprintf(stderr, "fakewa: -addr is %q: %v\n", *addr, err)
		return 2
	}
	fmt.Fprintln(stdout, listener.Addr())

	fake, err := fakewa.NewPlatform(cfg)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	server := &http.Server{Handler: fake.Control(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case <-ctx.Done():
	case err := <-failed:
		fmt.Fprintf(stderr, "fakewa: serve HTTP: %v\n", err)
		status = 1
	}
	drain, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err = server.Shutdown(drain)
	if errors.Is(err, context.DeadlineExceeded) {
		// Shutdown waits 5 s for a connection that was opened and never used.
		err = server.Close()
	}
	if err != nil {
		fmt.Fprintf(stderr, "fakewa: stop: %v\n", err)
		status = 1
	}
	fake.Close()
	return status
}
