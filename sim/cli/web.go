package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"wappasim/sim/web"
)

// webAddress is where a world listens if nobody says where.
const webAddress = "127.0.0.1:4005"

// webFlag is -web, or -web=ADDRESS.
type webFlag struct {
	on      bool
	address string
}

func (f *webFlag) String() string   { return f.address }
func (f *webFlag) IsBoolFlag() bool { return true }

func (f *webFlag) Set(text string) error {
	switch text {
	case "true":
		f.on, f.address = true, webAddress
	case "false":
		f.on = false
	default:
		f.on, f.address = true, text
	}
	return nil
}

// web serves a world over HTTP until it is interrupted.
func (c *call) web(address string, cfg web.Config) (err error) {
	if strings.HasPrefix(address, ":") {
		return wrong("-web is %q: want an address like 127.0.0.1%[1]s, or 0.0.0.0%[1]s for everybody who can reach this machine", address)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return wrong("-web: listen on %q: %v", address, err)
	}
	fmt.Fprintf(c.stdout, "http://%s/\n", listener.Addr())
	if name, _, _ := net.SplitHostPort(address); name != "" {
		cfg.Hosts = append(cfg.Hosts, name)
	}
	served, err := web.New(cfg)
	if err != nil {
		return errors.Join(&wrongArguments{err.Error()}, listener.Close())
	}
	server := &http.Server{Handler: served, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	stop()                                 // who is in a hurry can interrupt it again
	err = errors.Join(err, served.Close()) // ends the streams of events, for which Shutdown waits
	patience, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(patience) != nil { // a client takes nothing of its answer
		err = errors.Join(err, server.Close())
	}
	return err
}
