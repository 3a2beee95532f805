package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// measureRearms compares how fast messages restart timers, in a closed loop.
func measureRearms(ctx context.Context, p *plan) (err error) {
	type way struct {
		name   string
		server *server
		timers timers
		rates  map[int][]float64 // by goroutines
		cpu    map[int][]time.Duration
	}
	concurrency := []int{1, 16, 64}
	var ways []*way
	for _, w := range []struct {
		name  string
		start func(*server) (timers, error)
	}{
		{"four round trips", func(s *server) (timers, error) { return newFourTrips(s), nil }},
		{"asynq: delete, enqueue", func(s *server) (timers, error) { return newTasks(s), nil }},
		{"this bot", startAppends},
	} {
		s, err := startServer(ctx, "--notify-keyspace-events", "Ex")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.stop()) }()
		t, err := w.start(s)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, t.stop()) }()
		if err := each(ctx, 32, p.rearmUsers, func(user int) error { return t.arm(ctx, user, period) }); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		ways = append(ways, &way{w.name, s, t, make(map[int][]float64), make(map[int][]time.Duration)})
	}
	for range p.rearmRounds {
		for _, goroutines := range concurrency {
			for _, w := range ways {
				rate, cpu, err := rearm(ctx, w.server, w.timers, goroutines, p.rearmUsers, p.rearmFor)
				if err != nil {
					return fmt.Errorf("%s: %w", w.name, err)
				}
				w.rates[goroutines], w.cpu[goroutines] = append(w.rates[goroutines], rate), append(w.cpu[goroutines], cpu)
			}
		}
	}
	t := newTable(fmt.Sprintf("Re-arms, closed loop, %d users, medians of %d rounds", p.rearmUsers, p.rearmRounds),
		"", "goroutines", "re-arms/s", "ratio", "Redis CPU in µs each", "ratio")
	for _, goroutines := range concurrency {
		for _, w := range ways {
			rate, cpu := median(w.rates[goroutines]), median(w.cpu[goroutines])
			t.add(w.name, fmt.Sprint(goroutines), fmt.Sprintf("%.0f", rate), fmt.Sprintf("%.2f", rate/median(ways[0].rates[goroutines])),
				us(cpu), fmt.Sprintf("%.2f", float64(cpu)/float64(median(ways[0].cpu[goroutines]))))
		}
	}
	t.write(p.out)
	return nil
}

func rearm(ctx context.Context, s *server, t timers, goroutines, users int, length time.Duration) (rate float64, cpu time.Duration, err error) {
	before, err := s.cpu(ctx)
	if err != nil {
		return 0, 0, err
	}
	var done atomic.Int64
	var running sync.WaitGroup
	errs := make([]error, goroutines)
	start := time.Now()
	for g := range goroutines {
		running.Go(func() {
			for time.Since(start) < length && errs[g] == nil {
				errs[g] = t.arm(ctx, rand.IntN(users), period)
				done.Add(1)
			}
		})
	}
	running.Wait()
	took := time.Since(start)
	after, err := s.cpu(ctx)
	if err = errors.Join(append(errs, err)...); err != nil {
		return 0, 0, err
	}
	return float64(done.Load()) / took.Seconds(), (after - before) / time.Duration(max(done.Load(), 1)), nil
}

// fourTrips is what the Python bot does for a message: it reads the user's hash,
// writes it with its time to live, deletes the trigger and sets it.
type fourTrips struct {
	users, triggers *redis.Client
	n               atomic.Int64
}

func newFourTrips(s *server) *fourTrips {
	return &fourTrips{
		users:    redis.NewClient(&redis.Options{Addr: s.addr}),
		triggers: redis.NewClient(&redis.Options{Addr: s.addr, DB: 3}),
	}
}

func (f *fourTrips) arm(ctx context.Context, user int, delay time.Duration) error {
	name := userName(user)
	key, trigger := "wappa:user:"+name, "wappa:EXPTRIGGER:user_inactivity:"+name
	kept, err := f.users.HGetAll(ctx, key).Result()
	if err != nil {
		return fmt.Errorf("HGETALL: %w", err)
	}
	m := fmt.Sprintf(`{"id":"%s","at":"%s","type":"text","text":"Hello there!"}`,
		messageID(name, int(f.n.Add(1))), time.Now().UTC().Format(time.RFC3339))
	messages := "[" + m + "]"
	if was := kept["messages"]; was != "" {
		messages = was[:len(was)-1] + "," + m + "]"
	}
	if _, err = f.users.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, key, "user_id", name, "messages", messages)
		p.Expire(ctx, key, 300*time.Second)
		return nil
	}); err != nil {
		return fmt.Errorf("HSET, EXPIRE: %w", err)
	}
	if err := f.triggers.Del(ctx, trigger).Err(); err != nil {
		return fmt.Errorf("DEL: %w", err)
	}
	if err := f.triggers.Do(ctx, "SETEX", trigger, int(delay.Seconds()), "1").Err(); err != nil {
		return fmt.Errorf("SETEX: %w", err)
	}
	return nil
}

func (f *fourTrips) stop() error { return errors.Join(f.users.Close(), f.triggers.Close()) }
