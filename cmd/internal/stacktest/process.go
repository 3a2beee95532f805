package stacktest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Log is what processes write to stderr, one after another.
type Log struct {
	mu    sync.Mutex
	text  bytes.Buffer  // guarded by mu
	grown chan struct{} // closed when text grows; guarded by mu
}

// NewLog returns an empty log. At the end of the test it wants no data race in it.
func NewLog(t testing.TB) *Log {
	l := &Log{grown: make(chan struct{})}
	t.Cleanup(func() {
		if text := l.String(); strings.Contains(text, "DATA RACE") {
			t.Errorf("a process had a data race:\n%s", text)
		}
	})
	return l
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.grown)
	l.grown = make(chan struct{})
	return l.text.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Count returns how often the log says something.
func (l *Log) Count(what string) int { return strings.Count(l.String(), what) }

// after returns what was written after the first n bytes, and what tells that more is.
func (l *Log) after(n int) (text string, grown <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text.Bytes()[n:]), l.grown
}

// Process is a command that runs.
type Process struct {
	t       testing.TB
	name    string
	command *exec.Cmd
	log     *Log
	began   int           // length of the log before
	ended   chan struct{} // closed when the process has ended
	err     error         // of it, then
}

// StartProcess starts a command. It is killed when the test ends.
func StartProcess(t testing.TB, c *exec.Cmd, log *Log) *Process {
	t.Helper()
	p, err := newProcess(t, c, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func newProcess(t testing.TB, c *exec.Cmd, log *Log) (*Process, error) {
	p := &Process{t: t, name: filepath.Base(c.Path), command: c, log: log, began: len(log.String()), ended: make(chan struct{})}
	c.Stderr = log
	endWithParent(c)
	if err := c.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = c.Wait()
		close(p.ended)
	}()
	return p, nil
}

// listening waits until the bot says where it listens, and returns the address, or
// false if the process ends before.
func (p *Process) listening() (addr string, ok bool) {
	limit := time.After(Limit)
	for {
		text, grown := p.log.after(p.began)
		if _, rest, ok := strings.Cut(text, "listening\" addr="); ok {
			if addr, _, ok = strings.Cut(rest, " "); ok {
				return addr, true
			}
		}
		select {
		case <-grown:
		case <-p.ended:
			return "", false
		case <-limit:
			return "", false
		}
	}
}

// Kill ends the process as kill -9 does, and returns when it is gone.
func (p *Process) Kill() {
	_ = p.command.Process.Kill() // it may have ended
	<-p.ended
}

// Alive tells whether the process has not ended.
func (p *Process) Alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Terminate asks the process to end, and wants it to do so in good order.
func (p *Process) Terminate() {
	p.t.Helper()
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		if p.err != nil {
			p.t.Errorf("%s: %v\n%s", p.name, p.err, p.log)
		}
	case <-time.After(Limit):
		p.Signal(syscall.SIGQUIT) // it prints its goroutines
		<-p.ended
		p.t.Errorf("%s did not end within %s\n%s", p.name, Limit, p.log)
	}
}

// Signal sends a signal.
func (p *Process) Signal(s os.Signal) {
	p.t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		p.t.Errorf("%s: %v", p.name, err)
	}
}
