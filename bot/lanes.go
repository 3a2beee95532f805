package bot

import (
	"errors"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
)

// lanes send what users are to get: to one user one thing after another, to
// different users side by side. So a user gets the confirmations in order, and the
// history after them. A job that panics is logged, and the next one runs.
type lanes struct {
	log     *slog.Logger
	sending chan struct{} // one for each confirmation that is being sent

	mu      sync.Mutex       // guards what follows
	jobs    map[string][]job // that wait, by user; a user is there while a job runs
	waiting int              // confirmations in jobs
	running sync.WaitGroup
}

type job struct {
	do           func()
	confirmation bool
}

// confirm sends a confirmation when those before it were sent. It returns false if
// too many wait, and then does nothing.
func (l *lanes) confirm(user string, send func()) (queued bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting >= maxWaiting {
		return false
	}
	l.waiting++
	l.add(user, job{confirmation: true, do: func() {
		l.sending <- struct{}{}
		defer func() { <-l.sending }()
		send()
	}})
	return true
}

// history sends a history, and returns when it has, with its error. Confirmations
// that wait to be sent to the user are not worth waiting for, and dropped.
func (l *lanes) history(user string, send func() error) error {
	done := make(chan error, 1)
	l.mu.Lock()
	if jobs, busy := l.jobs[user]; busy {
		left := slices.DeleteFunc(jobs, func(j job) bool { return j.confirmation })
		l.waiting -= len(jobs) - len(left)
		l.jobs[user] = left
	}
	l.add(user, job{do: func() {
		err := errors.New("bot: it panicked")
		defer func() { done <- err }()
		err = send()
	}})
	l.mu.Unlock()
	return <-done
}

// add adds a job. The caller holds mu.
func (l *lanes) add(user string, j job) {
	jobs, busy := l.jobs[user]
	if l.jobs == nil {
		l.jobs = make(map[string][]job)
	}
	l.jobs[user] = append(jobs, j)
	if !busy {
		l.running.Go(func() { l.run(user) })
	}
}

func (l *lanes) run(user string) {
	for {
		l.mu.Lock()
		jobs := l.jobs[user]
		if len(jobs) == 0 {
			delete(l.jobs, user)
			l.mu.Unlock()
			return
		}
		next := jobs[0]
		l.jobs[user] = jobs[1:]
		if next.confirmation {
			l.waiting--
		}
		l.mu.Unlock()
		l.do(user, next.do)
	}
}

func (l *lanes) do(user string, job func()) {
	defer func() {
		if r := recover(); r != nil {
			l.log.Error("sending panicked", "user", user, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	job()
}

// wait returns when no job is left. No job may be added meanwhile but by a job.
func (l *lanes) wait() { l.running.Wait() }
