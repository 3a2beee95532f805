package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	period  = 15 * time.Second // of the timers of a steady state
	tooLate = 30 * time.Second // what has not come by then counts as that late
)

// timers are timers by user, of any make.
type timers interface {
	// arm sets a user's timer, or sets it again.
	arm(ctx context.Context, user int, delay time.Duration) error
	stop() error
}

// fired is called for a timer that has fired, as soon as the program's own code
// could act on it.
type fired func(user int)

// make starts timers on a server.
type makeTimers func(ctx context.Context, s *server, tell fired) (timers, error)

// measureLateness compares the timers alone.
func measureLateness(ctx context.Context, p *plan) error {
	var failed error
	one := func(users int, period, window time.Duration) error {
		t := latenessTable(fmt.Sprintf("Lateness in ms: call of the handler minus deadline, timers alone, %d users", users))
		var baseline time.Duration
		for _, way := range []struct {
			name  string
			start makeTimers
		}{{"plain notifications", startPlain}, {"asynq", startAsynq}, {"this engine", startEngine}} {
			warm := p.warm
			if period > warm {
				warm = min(warm, 2*time.Second)
			}
			r, err := measureSteady(ctx, p, users, period, warm, window, way.start, nil)
			if err != nil {
				return fmt.Errorf("%s, %d users: %w", way.name, users, err)
			}
			ratio := "1"
			if p99 := quantile(r.late, .99); baseline == 0 {
				baseline = p99
			} else {
				ratio = fmt.Sprintf("%.1f", float64(baseline)/float64(p99))
			}
			t.reading(users, period, way.name, r, ratio)
			if way.name == "this engine" && (r.lost > 0 || r.early > 0) {
				failed = errors.Join(failed, fmt.Errorf("of %d timers of this engine, %d were lost and %d early", len(r.late), r.lost, r.early))
			}
		}
		t.write(p.out)
		return nil
	}
	for _, users := range p.users {
		if err := one(users, period, p.window); err != nil {
			return err
		}
	}
	if p.manyUsers > 0 {
		if err := one(p.manyUsers, p.spread, p.window); err != nil {
			return err
		}
	}
	return failed
}

func latenessTable(title string) *table {
	return newTable(title, "", "pending", "due/s", "p50", "p99", "max", "in 30 s, not", "early", "p99: times lower", "jitter p50", "p99", "Redis CPU")
}

func (t *table) reading(users int, period time.Duration, name string, r reading, ratio string) {
	t.add(name, fmt.Sprint(users), fmt.Sprintf("%.0f", float64(users)/period.Seconds()),
		ms(quantile(r.late, .5)), ms(quantile(r.late, .99)), ms(quantile(r.late, 1)),
		percent(r.lost, len(r.late)), percent(r.early, len(r.late)), ratio,
		ms(quantile(r.jitter, .5)), ms(quantile(r.jitter, .99)), fmt.Sprintf("%.0f %%", 100*r.redis))
}

func percent(part, whole int) string {
	if part == 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}
