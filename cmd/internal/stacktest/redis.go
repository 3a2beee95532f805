package stacktest

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/redistest"
)

// Redis is a redis-server that can be killed, started again on what it has kept, and
// stopped for a while.
type Redis struct {
	t    testing.TB
	args []string

	mu      sync.Mutex // guards what follows
	process *Process
	addr    string // another one after each start
}

// StartRedis starts a server with options of redis.conf, written as on its command
// line. It is killed when the test ends.
func StartRedis(t testing.TB, args ...string) *Redis {
	t.Helper()
	s := &Redis{t: t, args: append([]string{"--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir()}, args...)}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// Start starts the server, and waits until it has loaded what it kept. It is for a
// server that was killed.
func (s *Redis) Start() error {
	path := redistest.Path(s.t)
	var process *Process
	for range 5 { // somebody else may have got the port meanwhile
		addr := redistest.FreeAddr(s.t)
		_, port, _ := net.SplitHostPort(addr)
		var err error
		if process, err = newProcess(s.t, exec.Command(path, append([]string{"--port", port}, s.args...)...), NewLog(s.t)); err != nil {
			return err
		}
		if awaitRedis(process, addr) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.process, s.addr = process, addr
			return nil
		}
		process.Kill()
	}
	return fmt.Errorf("redis-server %q does not start: %v", s.args, process.err)
}

// awaitRedis waits until the server of a process answers at an address. It is false if
// the process ends, as it does when another process has the port.
func awaitRedis(process *Process, addr string) bool {
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, DialerRetries: 1})
	defer client.Close()
	for began := time.Now(); process.Alive() && time.Since(began) < Limit; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr); err != nil {
			continue // go-redis would log it
		} else {
			c.Close()
		}
		info, err := client.Info(context.Background(), "server").Result()
		if err == nil && infoField(info, "process_id") == strconv.Itoa(process.command.Process.Pid) && client.Ping(context.Background()).Err() == nil {
			return true
		}
	}
	return false
}

// infoField returns a field of INFO, or "".
func infoField(info, field string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), field+":"); ok {
			return value
		}
	}
	return ""
}

// Addr is where the server listens.
func (s *Redis) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// Kill ends the server as kill -9 does.
func (s *Redis) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process.Kill()
}

// Freeze makes the server stand still, and Thaw go on.
func (s *Redis) Freeze() { s.signal(syscall.SIGSTOP) }
func (s *Redis) Thaw()   { s.signal(syscall.SIGCONT) }

func (s *Redis) signal(signal syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process.Signal(signal)
}

// Client returns a client of a database, which is closed when the test ends.
func (s *Redis) Client(db int) *redis.Client {
	client := redis.NewClient(&redis.Options{Addr: s.Addr(), DB: db})
	s.t.Cleanup(func() { client.Close() })
	return client
}

// Setting returns a setting of the server.
func (s *Redis) Setting(name string) string {
	s.t.Helper()
	client := redis.NewClient(&redis.Options{Addr: s.Addr()})
	defer client.Close()
	config, err := client.ConfigGet(context.Background(), name).Result()
	if err != nil {
		s.t.Fatal(err)
	}
	return config[name]
}

// Env is the bot's variable that names the server.
func (s *Redis) Env() string { return "REDIS_URL=redis://" + s.Addr() }

// Left returns what Redis holds beyond the marks of messages that were seen and the
// paces, which go by themselves: sessions, timers and histories. If it cannot be
// known, it returns the error.
func (s *Redis) Left() (keys []string) {
	ctx := context.Background()
	for _, db := range []int{0, 3} {
		client := redis.NewClient(&redis.Options{Addr: s.Addr(), DB: db})
		all := client.Scan(ctx, 0, "*", 1000).Iterator()
		for all.Next(ctx) {
			if !staysAWhile.MatchString(all.Val()) {
				keys = append(keys, fmt.Sprintf("%d %s", db, all.Val()))
			}
		}
		if err := all.Err(); err != nil {
			keys = append(keys, err.Error())
		}
		client.Close()
	}
	return keys
}
