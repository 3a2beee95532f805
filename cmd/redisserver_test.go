package cmd_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/redistest"
)

// redisServer is a redis-server that can be killed, started again on what it has
// kept, and stopped for a while.
type redisServer struct {
	t    *testing.T
	args []string

	mu      sync.Mutex // guards what follows
	process *exec.Cmd
	at      string // address; another one after each start
}

// startRedis starts a server with options of redis.conf, as they stand on the
// command line. It ends with the test.
func startRedis(t *testing.T, args ...string) *redisServer {
	t.Helper()
	s := &redisServer{t: t, args: append([]string{"--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir()}, args...)}
	s.start()
	t.Cleanup(s.kill)
	return s
}

// start starts the server, and waits until it has loaded what it kept.
func (s *redisServer) start() {
	s.t.Helper()
	path := redistest.Path(s.t)
	for range 5 { // somebody else may have got the port meanwhile
		addr := redistest.FreeAddr(s.t)
		_, port, _ := net.SplitHostPort(addr)
		process := exec.Command(path, append([]string{"--port", port}, s.args...)...)
		if err := process.Start(); err != nil {
			s.t.Fatal(err)
		}
		if s.answers(addr) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.process, s.at = process, addr
			return
		}
		_ = process.Process.Kill() // it may have ended
		_ = process.Wait()
	}
	s.t.Fatalf("redis-server %q does not start", s.args)
}

func (s *redisServer) answers(addr string) bool {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			continue
		}
		c.Close()
		client := redis.NewClient(&redis.Options{Addr: addr})
		err = client.Ping(context.Background()).Err()
		client.Close()
		if err == nil {
			return true
		}
	}
	return false
}

func (s *redisServer) addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// kill ends the server at once, as kill -9 does.
func (s *redisServer) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill() // it may have ended
	_ = s.process.Wait()
	s.process = nil
}

// stop makes the server stand still, and resume go on.
func (s *redisServer) stop()   { s.signal(syscall.SIGSTOP) }
func (s *redisServer) resume() { s.signal(syscall.SIGCONT) }

func (s *redisServer) signal(sig os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.process.Process.Signal(sig); err != nil {
		s.t.Error(err)
	}
}

// client returns a client of a database, which ends with the test.
func (s *redisServer) client(db int) *redis.Client {
	client := redis.NewClient(&redis.Options{Addr: s.addr(), DB: db})
	s.t.Cleanup(func() { client.Close() })
	return client
}
