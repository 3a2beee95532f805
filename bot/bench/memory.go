package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"wappasim/bot"
)

// messagesPerUser are short messages of a user who waits for the history.
const messagesPerUser = 3

// measureMemory measures what Redis holds of users and of message ids.
func measureMemory(ctx context.Context, p *plan) error {
	with, err := fill(ctx, p.memoryUsers, false)
	if err != nil {
		return err
	}
	without, err := fill(ctx, p.memoryUsers, true)
	if err != nil {
		return err
	}
	perUser, perID := without/float64(p.memoryUsers), (with-without)/float64(p.memoryUsers*messagesPerUser)
	t := newTable(fmt.Sprintf("Redis memory in bytes, %d users", p.memoryUsers), "", "measured", "target", "")
	t.add(fmt.Sprintf("pending user with %d short messages", messagesPerUser), fmt.Sprintf("%.0f", perUser), "under 1000", verdict(perUser < 1000))
	t.add("message id that is remembered", fmt.Sprintf("%.0f", perID), "under 200", verdict(perID < 200))
	t.write(p.out)
	if perUser >= memoryLimit || perID >= 200 {
		return errors.New("it is far more than it was")
	}
	return nil
}

// memoryLimit is what a pending user may take before a run fails.
const memoryLimit = 1500

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}

// fill has users say something, and returns what Redis needs for that. Forgetful, it
// deletes what is remembered of message ids, before Redis makes room for many.
func fill(ctx context.Context, users int, forgetful bool) (used float64, err error) {
	s, err := startServer(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	b, err := newBot(s)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	crowd := max(users/20, 1) // users who speak at the same time
	appended := &appends{users: b.Users()}
	speak := func(first, n int) error {
		return each(ctx, 32, n*messagesPerUser, func(i int) error { return appended.arm(ctx, first+i%n, time.Hour) })
	}
	if err := speak(0, crowd); err != nil { // so that scripts and connections are there
		return 0, err
	}
	if err := s.ask.FlushAll(ctx).Err(); err != nil {
		return 0, fmt.Errorf("empty Redis: %w", err)
	}
	empty, err := s.memory(ctx)
	if err != nil {
		return 0, err
	}
	for first := 0; first < users; first += crowd {
		n := min(crowd, users-first)
		if err := speak(first, n); err != nil {
			return 0, err
		}
		if !forgetful {
			continue
		}
		if err := deleteAll(ctx, s, "wappa:seen:*", n*messagesPerUser); err != nil {
			return 0, err
		}
	}
	full, err := s.memory(ctx)
	return full - empty, err
}

// deleteAll deletes the keys of a pattern, of which there must be n.
func deleteAll(ctx context.Context, s *server, pattern string, n int) error {
	found := make(map[string]bool)
	keys := s.ask.Scan(ctx, 0, pattern, 10_000).Iterator()
	for keys.Next(ctx) {
		found[keys.Val()] = true
	}
	if err := keys.Err(); err != nil {
		return fmt.Errorf("look for %s: %w", pattern, err)
	}
	if len(found) != n {
		return fmt.Errorf("of the keys %s there are %d: want %d", pattern, len(found), n)
	}
	for key := range found {
		if err := s.ask.Del(ctx, key).Err(); err != nil {
			return fmt.Errorf("delete %s: %w", key, err)
		}
	}
	return nil
}

// appends arms by appending a message, as a webhook does.
type appends struct {
	users *bot.UserCache
	n     atomic.Int64
}

func (a *appends) arm(ctx context.Context, user int, delay time.Duration) error {
	name, n := userName(user), int(a.n.Add(1))
	m := bot.Message{ID: messageID(name, n), At: time.Now().UTC().Truncate(time.Second), Type: "text", Text: "Hello there!"}
	_, err := a.users.Append(ctx, name, m, bot.Inactivity, delay)
	return err
}

// each calls do for the numbers below n, in order, from some goroutines.
func each(ctx context.Context, goroutines, n int, do func(int) error) error {
	var next atomic.Int64
	var running sync.WaitGroup
	errs := make([]error, goroutines)
	for g := range goroutines {
		running.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1) - 1)
				if i >= n {
					return
				}
				if err := do(i); err != nil {
					errs[g] = err
					return
				}
			}
			errs[g] = ctx.Err()
		})
	}
	running.Wait()
	return errors.Join(errs...)
}
