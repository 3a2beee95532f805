package bot

import (
	"log/slog"
	"runtime/debug"
	"sync"
)

// lanes runs jobs in goroutines: those of one key one after another in the
// order they came, those of different keys side by side. So a user gets the
// confirmations in order and the history after them. A job that panics is
// logged, and the next one runs.
type lanes struct {
	log     *slog.Logger
	mu      sync.Mutex
	waiting map[string][]func() // guarded by mu; a key is there while its jobs run
	running sync.WaitGroup
}

func (l *lanes) add(key string, job func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	jobs, busy := l.waiting[key]
	if l.waiting == nil {
		l.waiting = make(map[string][]func())
	}
	l.waiting[key] = append(jobs, job)
	if !busy {
		l.running.Go(func() { l.run(key) })
	}
}

func (l *lanes) run(key string) {
	for {
		l.mu.Lock()
		jobs := l.waiting[key]
		if len(jobs) == 0 {
			delete(l.waiting, key)
			l.mu.Unlock()
			return
		}
		l.waiting[key] = jobs[1:]
		l.mu.Unlock()
		l.do(key, jobs[0])
	}
}

func (l *lanes) do(key string, job func()) {
	defer func() {
		if r := recover(); r != nil {
			l.log.Error("sending panicked", "user", key, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	job()
}

// wait returns when no job is left. No job may be added meanwhile but by a job.
func (l *lanes) wait() { l.running.Wait() }
