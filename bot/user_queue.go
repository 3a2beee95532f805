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
	lanes   map[string]*lane // by user; there while a job runs or waits
	waiting int              // confirmations that wait, for others or for a place among those that are sent
	running sync.WaitGroup
}

type lane struct {
	jobs   []job
	urgent chan struct{} // holds one when a history waits
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
	l.add(user, job{send, true})
	return true
}

// history sends a history, and returns when it has, with its error. Confirmations
// that wait to be sent to the user are not worth waiting for, and dropped.
func (l *lanes) history(user string, send func() error) error {
	done := make(chan error, 1)
	l.mu.Lock()
	if lane := l.lanes[user]; lane != nil {
		left := slices.DeleteFunc(lane.jobs, func(j job) bool { return j.confirmation })
		l.waiting -= len(lane.jobs) - len(left)
		lane.jobs = left
		select {
		case lane.urgent <- struct{}{}:
		default:
		}
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
	if l.lanes == nil {
		l.lanes = make(map[string]*lane)
	}
	if busy := l.lanes[user]; busy != nil {
		busy.jobs = append(busy.jobs, j)
		return
	}
	begun := &lane{jobs: []job{j}, urgent: make(chan struct{}, 1)}
	l.lanes[user] = begun
	l.running.Go(func() { l.run(user, begun) })
}

func (l *lanes) run(user string, lane *lane) {
	for {
		l.mu.Lock()
		if len(lane.jobs) == 0 {
			delete(l.lanes, user)
			l.mu.Unlock()
			return
		}
		next := lane.jobs[0]
		lane.jobs = lane.jobs[1:]
		l.mu.Unlock()
		if next.confirmation {
			l.confirmInTurn(user, lane, next)
			continue
		}
		select { // here is the history
		case <-lane.urgent:
		default:
		}
		l.do(user, next.do)
	}
}

// confirmInTurn sends a confirmation when there is a place, unless a history comes
// first.
func (l *lanes) confirmInTurn(user string, lane *lane, j job) {
	placed := false
	select {
	case <-lane.urgent: // even if there is a place
	default:
		select {
		case l.sending <- struct{}{}:
			placed = true
		case <-lane.urgent:
		}
	}
	l.mu.Lock()
	l.waiting--
	l.mu.Unlock()
	if placed {
		defer func() { <-l.sending }()
		l.do(user, j.do)
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
