package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// steady is timers in a steady state: each is armed again when it fires, and as
// many are due in each second.
type steady struct {
	users  int
	period time.Duration
	armers int // goroutines that arm

	timers timers
	due    []atomic.Int64 // when each timer is due, in ns since 1970; 0: it has fired and must be armed
	again  chan int       // users whose timers have fired

	mu      sync.Mutex
	samples []sample // guarded by mu
	failed  error    // guarded by mu
}

// sample is one firing. Due is when the timer was to fire, counted from before it
// was armed: what arming takes counts as late.
type sample struct {
	due  time.Time
	late time.Duration
}

// reading is what was measured of a steady state.
type reading struct {
	late   []time.Duration // of the timers that were due in the window
	lost   int             // of them, those that had not come tooLate after the window
	early  int             // that came more than a millisecond before they were due
	jitter []time.Duration
	redis  float64 // processor share of the server
}

func measureSteady(ctx context.Context, p *plan, users int, period, warm, window time.Duration, start makeTimers, each func(*server)) (r reading, err error) {
	srv, err := startServer(ctx, "--notify-keyspace-events", "Ex")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, srv.stop()) }()
	s := &steady{users: users, period: period, armers: 32, due: make([]atomic.Int64, users), again: make(chan int, users)}
	// A server that already has timers can report firings before start returns. This one is empty.
	if s.timers, err = start(ctx, srv, s.fires); err != nil {
		return r, err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	var arming sync.WaitGroup
	defer func() {
		end()
		arming.Wait()
		err = errors.Join(err, s.timers.stop())
	}()

	for range s.armers {
		arming.Go(func() { s.keepArming(ctx) })
	}
	s.armAll(ctx)
	from := time.Now().Add(warm)
	to := from.Add(window)
	if err := pause(ctx, time.Until(from)); err != nil {
		return r, err
	}
	noise := watchJitter()
	cpu, err := srv.cpu(ctx)
	if err != nil {
		return r, err
	}
	err = pause(ctx, time.Until(to))
	after, cpuErr := srv.cpu(ctx)
	r.jitter, r.redis = noise.stop(), float64(after-cpu)/float64(time.Since(from))
	if err = errors.Join(err, cpuErr); err != nil {
		return r, err
	}
	for end := to.Add(tooLate); s.outstanding(from, to) > 0 && time.Now().Before(end); {
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return r, err
		}
	}
	r.lost = s.outstanding(from, to)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sample := range s.samples {
		if sample.due.Before(from) || !sample.due.Before(to) {
			continue
		}
		if sample.late < -time.Millisecond {
			r.early++
		}
		r.late = append(r.late, min(sample.late, tooLate))
	}
	for range r.lost {
		r.late = append(r.late, tooLate)
	}
	if each != nil {
		each(srv)
	}
	return r, s.failed
}

// armAll arms the timers for the first time, in the order in which they are due,
// as many in each second as later, and begins soon enough to be ahead of them.
func (s *steady) armAll(ctx context.Context) {
	const slow = 250 * time.Microsecond // for each, on a busy machine
	from := time.Now().Add(time.Second + max(time.Duration(s.users)*slow-s.period, 0))
	var next atomic.Int64
	var arming sync.WaitGroup
	for range s.armers {
		arming.Go(func() {
			for {
				user := int(next.Add(1) - 1)
				if user >= s.users || ctx.Err() != nil {
					return
				}
				due := from.Add(time.Duration(float64(s.period) * float64(user) / float64(s.users)))
				s.arm(ctx, user, max(time.Until(due), time.Second/2))
			}
		})
	}
	arming.Wait()
}

func (s *steady) keepArming(ctx context.Context) {
	for {
		select {
		case user := <-s.again:
			s.arm(ctx, user, s.period)
		case <-ctx.Done():
			return
		}
	}
}

func (s *steady) arm(ctx context.Context, user int, delay time.Duration) {
	s.due[user].Store(time.Now().Add(delay).UnixNano())
	if err := s.timers.arm(ctx, user, delay); err != nil && ctx.Err() == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.failed == nil {
			s.failed = fmt.Errorf("arm the timer of user %d: %w", user, err)
		}
	}
}

func (s *steady) fires(user int) {
	now := time.Now()
	at := s.due[user].Swap(0)
	if at == 0 {
		return // told twice
	}
	due := time.Unix(0, at)
	s.mu.Lock()
	s.samples = append(s.samples, sample{due, now.Sub(due)})
	s.mu.Unlock()
	s.again <- user
}

// outstanding counts the timers that were due between two times and have not come.
func (s *steady) outstanding(from, to time.Time) (n int) {
	for i := range s.due {
		if at := s.due[i].Load(); at >= from.UnixNano() && at < to.UnixNano() {
			n++
		}
	}
	return n
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
