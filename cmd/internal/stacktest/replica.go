package stacktest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Replica is one bot of a fleet. Its process changes: each one is an incarnation.
type Replica struct {
	N   int
	Log *Log

	fleet *Fleet
	proxy *RedisProxy // nil: it talks to Redis itself

	mu          sync.Mutex // guards what follows
	process     *Process   // nil while there is none
	incarnation int        // of the process, from 1
	addr        string     // empty while there is no process
}

func newReplica(f *Fleet, n int) *Replica {
	r := &Replica{N: n, Log: NewLog(f.t), fleet: f}
	if server, ok := f.Redis.(*Redis); ok {
		r.proxy = startRedisProxy(f.t, server.Addr, func(c redisCommand, answer string) { f.answered(r, c, answer) })
	}
	f.t.Cleanup(func() { r.Kill() })
	return r
}

// Start starts the replica's process, and waits until it listens.
func (r *Replica) Start() {
	if r.fleet.over.Load() {
		return
	}
	redis := r.fleet.Redis.Env()
	if r.proxy != nil {
		redis = r.proxy.env()
	}
	r.mu.Lock()
	r.incarnation++
	p, err := newProcess(r.fleet.t, BotCommand(r.fleet.t, r.fleet.botConfig(r.N, r.incarnation, redis)), r.Log)
	r.process = p
	r.mu.Unlock()
	if err != nil {
		r.fleet.t.Errorf("start replica %d: %v", r.N, err)
		return
	}
	addr, ok := p.listening()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process != p {
		return // it was killed meanwhile
	}
	if !ok {
		r.fleet.t.Errorf("replica %d does not listen:\n%s", r.N, r.Log)
	}
	r.addr = addr
}

func (r *Replica) at() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.addr
}

// Kill ends the process as kill -9 does, and returns when it is gone. It is false if
// there was none.
func (r *Replica) Kill() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil {
		return false
	}
	end := r.fleet.Ledger.fault(fault{replica: r.N, incarnation: r.incarnation, what: fmt.Sprintf("replica %d was killed", r.N)})
	r.process.Kill()
	end()
	r.process, r.addr = nil, ""
	return true
}

// Restart kills the replica now, and starts it again beside the test. It is false if
// there was nothing to kill.
func (r *Replica) Restart() bool {
	killed := r.Kill()
	if killed {
		r.fleet.Beside(r.Start)
	}
	return killed
}

// Freeze stops the process, and returns how it is thawed. Without a process it does
// nothing.
func (r *Replica) Freeze() (thaw func()) {
	r.mu.Lock()
	p := r.process
	r.mu.Unlock()
	if p == nil {
		return func() {}
	}
	end := r.fleet.Ledger.fault(fault{replica: r.N, what: fmt.Sprintf("replica %d was frozen", r.N)})
	p.Signal(syscall.SIGSTOP)
	return func() {
		p.Signal(syscall.SIGCONT)
		end()
	}
}

// CutOff takes Redis away from the replica, and returns how it is given back.
func (r *Replica) CutOff() (restore func()) {
	end := r.fleet.Ledger.fault(fault{replica: r.N, what: fmt.Sprintf("replica %d had no Redis", r.N)})
	r.proxy.Swallow.Store(true)
	return func() {
		r.proxy.Swallow.Store(false)
		end()
	}
}

func (r *Replica) terminate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process != nil {
		r.process.Terminate()
		r.process, r.addr = nil, ""
	}
}

// get returns the body of a page of the replica, or "".
func (r *Replica) get(path string) string {
	client := http.Client{Timeout: Limit}
	resp, err := client.Get("http://" + r.at() + path)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	defer client.CloseIdleConnections()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	return string(body)
}

// Metric returns a metric of the replica, or -1 if there is no answer.
func (r *Replica) Metric(name string) float64 {
	for line := range strings.Lines(r.get("/metrics")) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), name+" "); ok {
			if value, err := strconv.ParseFloat(text, 64); err == nil {
				return value
			}
		}
	}
	return -1
}

// AwaitLog waits until the replica's log says something.
func (r *Replica) AwaitLog(what string) bool {
	limit := time.After(Limit)
	for {
		text, grown := r.Log.after(0)
		if strings.Contains(text, what) {
			return true
		}
		select {
		case <-grown:
		case <-limit:
			r.fleet.t.Errorf("replica %d does not log %q:\n%s", r.N, what, text)
			return false
		}
	}
}
