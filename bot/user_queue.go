package bot

import (
	"errors"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
)

// userQueues has a queue for each user: the jobs of one user run one after another,
// those of different users side by side. So a user gets the confirmations in order,
// and the history after them. A job that panics is logged, and the next one runs.
type userQueues struct {
	log     *slog.Logger
	sending chan struct{} // one for each confirmation that is being sent

	mu      sync.Mutex            // guards what follows
	byUser  map[string]*userQueue // by user; there while a job runs or waits
	waiting int                   // confirmations that wait, for others or for a place among those that are sent
	running sync.WaitGroup
}

type userQueue struct {
	jobs   []job
	urgent chan struct{} // holds one when a history waits
}

type job struct {
	do           func()
	confirmation bool
}

// confirm sends a confirmation when those before it were sent. It returns false if
// too many wait, and then does nothing.
func (q *userQueues) confirm(user string, send func()) (queued bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting >= maxWaiting {
		return false
	}
	q.waiting++
	q.add(user, job{send, true})
	return true
}

// history sends a history, and returns when it has, with its error. Confirmations
// that wait to be sent to the user are not worth waiting for, and dropped.
func (q *userQueues) history(user string, send func() error) error {
	done := make(chan error, 1)
	q.mu.Lock()
	if queue := q.byUser[user]; queue != nil {
		left := slices.DeleteFunc(queue.jobs, func(j job) bool { return j.confirmation })
		q.waiting -= len(queue.jobs) - len(left)
		queue.jobs = left
		select {
		case queue.urgent <- struct{}{}:
		default:
		}
	}
	q.add(user, job{do: func() {
		err := errors.New("bot: sending the history panicked")
		defer func() { done <- err }()
		err = send()
	}})
	q.mu.Unlock()
	return <-done
}

// add adds a job. The caller holds mu.
func (q *userQueues) add(user string, j job) {
	if q.byUser == nil {
		q.byUser = make(map[string]*userQueue)
	}
	if busy := q.byUser[user]; busy != nil {
		busy.jobs = append(busy.jobs, j)
		return
	}
	begun := &userQueue{jobs: []job{j}, urgent: make(chan struct{}, 1)}
	q.byUser[user] = begun
	q.running.Go(func() { q.run(user, begun) })
}

func (q *userQueues) run(user string, queue *userQueue) {
	for {
		q.mu.Lock()
		if len(queue.jobs) == 0 {
			delete(q.byUser, user)
			q.mu.Unlock()
			return
		}
		next := queue.jobs[0]
		queue.jobs = queue.jobs[1:]
		q.mu.Unlock()
		if next.confirmation {
			q.confirmInTurn(user, queue, next)
			continue
		}
		select { // here is the history
		case <-queue.urgent:
		default:
		}
		q.do(user, next.do)
	}
}

// confirmInTurn sends a confirmation when there is a place, unless a history comes
// first.
func (q *userQueues) confirmInTurn(user string, queue *userQueue, j job) {
	placed := false
	select {
	case <-queue.urgent: // even if there is a place
	default:
		select {
		case q.sending <- struct{}{}:
			placed = true
		case <-queue.urgent:
		}
	}
	q.mu.Lock()
	q.waiting--
	q.mu.Unlock()
	if placed {
		defer func() { <-q.sending }()
		q.do(user, j.do)
	}
}

func (q *userQueues) do(user string, job func()) {
	defer func() {
		if r := recover(); r != nil {
			q.log.Error("sending panicked", "user", user, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	job()
}

// wait returns when no job is left. No job may be added meanwhile but by a job.
func (q *userQueues) wait() { q.running.Wait() }
