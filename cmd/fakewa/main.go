// Command fakewa is a fake of WhatsApp's Cloud API, for bots in any language.
//
//	fakewa -addr 127.0.0.1:4004 -webhook http://127.0.0.1:8000/webhook
//
// The first line that it prints is its address; with port 0 the system chooses the
// port. A bot sends messages to http://127.0.0.1:4004/v23.0/{phone-id}/messages. A test
// writes to the bot as a user through
// http://127.0.0.1:4004/_fakewa/users/{number}/messages.
//
// With -tls the same address speaks HTTPS. Some clients always call
// graph.facebook.com; for them there is -proxy:
//
//	fakewa -proxy 127.0.0.1:4005
//	HTTPS_PROXY=http://127.0.0.1:4005 NODE_EXTRA_CA_CERTS=… node bot.js
//
// The proxy answers for graph.facebook.com and lookaside.fbsbx.com with the fake,
// refuses every other host, and forwards nothing. /_fakewa/ is on the main address
// only.
//
// Both use a certificate that is signed by an authority of this machine. The first
// start creates the authority in the folder -ca-dir, and later starts use it again. Its
// certificates are valid for these two hosts and this machine only. The command prints
// the addresses and the file of the authority's certificate:
//
//	127.0.0.1:4004
//	proxy 127.0.0.1:4005
//	certificate /home/me/.cache/fakewa/ca.pem
//
// Clients must trust that certificate: NODE_EXTRA_CA_CERTS for Node,
// REQUESTS_CA_BUNDLE for Python's requests, SSL_CERT_FILE for Go and OpenSSL.
//
// With -config the settings are read from a YAML file, by the names of the flags. A flag
// on the command line wins over the file:
//
//	webhook: http://127.0.0.1:8000/webhook
//	app-secret: secret
//	tls: true
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	s, err := readSettings(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "fakewa: %v\n", err)
		return 2
	}
	f, err := open(s, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "fakewa: %s\n", strings.TrimPrefix(err.Error(), "fakewa: "))
		return 2
	}
	for _, line := range f.places {
		fmt.Fprintln(stdout, line)
	}
	if err := f.serve(ctx); err != nil {
		fmt.Fprintf(stderr, "fakewa: %v\n", err)
		return 1
	}
	return 0
}
