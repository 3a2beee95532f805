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
func measureMemory(ctx context.Context, p *plan) (err error) {
	s, err := startServer(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	b, err := newBot(s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	empty, err := s.memory(ctx)
	if err != nil {
		return err
	}
	appended := &appends{users: b.Users()}
	if err := each(ctx, 32, p.memoryUsers*messagesPerUser, func(n int) error {
		return appended.arm(ctx, n%p.memoryUsers, time.Hour)
	}); err != nil {
		return err
	}
	full, err := s.memory(ctx)
	if err != nil {
		return err
	}
	ids := 0
	for keys := s.ask.Scan(ctx, 0, "wappa:seen:*", 1000).Iterator(); keys.Next(ctx); {
		ids++
		if err := s.ask.Unlink(ctx, keys.Val()).Err(); err != nil {
			return fmt.Errorf("delete what is kept of message ids: %w", err)
		}
	}
	if ids != p.memoryUsers*messagesPerUser {
		return fmt.Errorf("Redis remembers %d message ids of %d", ids, p.memoryUsers*messagesPerUser)
	}
	// Redis frees the table of the deleted keys, and what UNLINK leaves, a little later.
	without, stable := full, 0
	if err := eventually(ctx, "Redis' memory to settle", time.Minute, func() bool {
		now, err := s.memory(ctx)
		if err == nil && now == without {
			stable++
		} else {
			without, stable = now, 0
		}
		return stable == 50
	}); err != nil {
		return err
	}
	perUser, perID := (without-empty)/float64(p.memoryUsers), (full-without)/float64(ids)
	t := newTable(fmt.Sprintf("Redis memory in bytes, %d users", p.memoryUsers), "", "measured", "target")
	t.add(fmt.Sprintf("pending user with %d short messages", messagesPerUser), fmt.Sprintf("%.0f", perUser), "under 1000")
	t.add("message id that is remembered", fmt.Sprintf("%.0f", perID), "under 200")
	t.write(p.out)
	if perUser >= 1000 || perID >= 200 {
		return errors.New("a target is missed")
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
	m := bot.Message{ID: messageID(name, n), At: time.Now().UTC().Truncate(time.Second), Type: "text", Text: "Hello, is it open today?"}
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
