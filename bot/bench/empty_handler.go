package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// emptyHandler as the only argument makes this program serve HTTP with a handler
// that does nothing.
const emptyHandler = "serve-nothing"

func serveNothing() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: listen: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(l.Addr())
	err = http.Serve(l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	fmt.Fprintf(os.Stderr, "bench: serve: %v\n", err)
	os.Exit(1)
}

func postToNothing(ctx context.Context, bodies []signed) (r round, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.Command(self, emptyHandler)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := cmd.Start(); err != nil {
		return r, err
	}
	defer func() {
		err = errors.Join(err, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed
	}()
	var addr string
	if _, err := fmt.Fscanln(out, &addr); err != nil {
		return r, fmt.Errorf("read its address: %w", err)
	}
	took, err := postAll(ctx, "http://"+addr, bodies)
	if err != nil {
		return r, err
	}
	cpu, err := cpuTime(cmd.Process.Pid)
	n := time.Duration(len(bodies))
	rate := float64(n) / took.Seconds()
	return round{rate: rate, answered: rate, cpu: cpu / n}, err
}
