package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// server is a redis-server of this process, empty at first.
type server struct {
	addr string
	cmd  *exec.Cmd
	dir  string
	ask  *redis.Client // of the measurement itself
}

func startServer(ctx context.Context, args ...string) (*server, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bench-redis-")
	if err != nil {
		return nil, fmt.Errorf("start redis-server: %w", err)
	}
	_, port, _ := net.SplitHostPort(addr)
	s := &server{addr: addr, dir: dir, ask: redis.NewClient(&redis.Options{Addr: addr})}
	s.cmd = exec.Command("redis-server", append([]string{"--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", dir}, args...)...)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start redis-server: %w", err)
	}
	if err := eventually(ctx, "redis-server to answer", 10*time.Second, func() bool { return s.ask.Ping(ctx).Err() == nil }); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *server) stop() error {
	err := s.ask.Close()
	killed := s.cmd.Process.Kill()
	_ = s.cmd.Wait() // it was killed
	return errors.Join(err, killed, os.RemoveAll(s.dir))
}

// info returns a number of INFO.
func (s *server) info(ctx context.Context, field string) (float64, error) {
	text, err := s.ask.Info(ctx, "everything").Result()
	if err != nil {
		return 0, fmt.Errorf("ask Redis for %s: %w", field, err)
	}
	for line := range strings.Lines(text) {
		if value, found := strings.CutPrefix(line, field+":"); found {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("ask Redis for %s: it does not know that", field)
}

// cpu returns the processor time that the server has used.
func (s *server) cpu(ctx context.Context) (time.Duration, error) {
	user, err := s.info(ctx, "used_cpu_user")
	if err != nil {
		return 0, err
	}
	sys, err := s.info(ctx, "used_cpu_sys")
	return time.Duration((user + sys) * float64(time.Second)), err
}

func (s *server) memory(ctx context.Context) (float64, error) { return s.info(ctx, "used_memory") }

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// eventually waits for a condition, with a bound.
func eventually(ctx context.Context, what string, bound time.Duration, done func() bool) error {
	for deadline := time.Now().Add(bound); !done(); time.Sleep(10 * time.Millisecond) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("waited %s for %s", bound, what)
		}
	}
	return nil
}
