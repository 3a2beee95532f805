package expiry_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"wappasim/bot/expiry"
)

// world is a Redis in a bubble, with workers.
type world struct {
	*testing.T
	server *miniredis.Miniredis
	start  time.Time
	ids    atomic.Int64
	ended  []func()

	mu   sync.Mutex // guards what follows
	log  strings.Builder
	seen []string // what handlers did
}

// inBubble runs a test in virtual time.
func inBubble(t *testing.T, test func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, server: miniredis.NewMiniRedis(), start: time.Now()}
		defer w.server.Close()
		defer func() {
			for _, end := range slices.Backward(w.ended) {
				end()
			}
		}()
		test(w)
	})
}

func (w *world) client(db int) redis.UniversalClient {
	c := redis.NewClient(&redis.Options{
		Addr: "127.0.0.1:6379", DB: db, PoolSize: 1000, ContextTimeoutEnabled: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		Dialer:                   func(context.Context, string, string) (net.Conn, error) { return w.server.Dial() },
	})
	w.ended = append(w.ended, func() { c.Close() })
	return c
}

// Write takes what the workers log.
func (w *world) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(b)
}

// saw notes what a handler does, and when.
func (w *world) saw(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, fmt.Sprintf("%s %s", time.Since(w.start), fmt.Sprintf(format, args...)))
}

// wait lets time pass, until d after the start of the test.
func (w *world) wait(d time.Duration) {
	time.Sleep(time.Until(w.start.Add(d)))
	synctest.Wait()
}

// want wants handlers to have seen what is given, and nothing else.
func (w *world) want(seen ...string) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.seen, seen) {
		w.Errorf("got\n%s\nwant\n%s\nlog:\n%s", strings.Join(w.seen, "\n"), strings.Join(seen, "\n"), &w.log)
	}
}

func (w *world) set(timers *expiry.Timers, action, id string, delay time.Duration) {
	w.Helper()
	if err := timers.Set(w.Context(), action, id, delay); err != nil {
		w.Fatal(err)
	}
}

// counts wants the timers of an action to be so many.
func (w *world) counts(timers *expiry.Timers, action string, want expiry.Counts, parked int64) {
	w.Helper()
	n, err := timers.Count(w.Context(), action)
	if err != nil || n != want {
		w.Errorf("got %+v, %v; want %+v", n, err, want)
	}
	if n, err := timers.CountParked(w.Context()); err != nil || n != parked {
		w.Errorf("%d are parked, %v", n, err)
	}
}

type handlers map[string]expiry.Handler

// work runs a worker until the end of the test, or until stop is called.
func (w *world) work(adjust func(*expiry.Worker), all handlers) (worker *expiry.Worker, timers *expiry.Timers, stop func()) {
	w.Helper()
	var r expiry.Registry
	for action, h := range all {
		if err := r.OnExpire(action, h); err != nil {
			w.Fatal(err)
		}
	}
	c := w.client(0)
	worker = &expiry.Worker{
		Client: c, Registry: &r, Clock: clock.New(), Logger: slog.New(slog.NewTextHandler(w, nil)), RetryFor: 24 * time.Hour,
		NewID: func() string { return fmt.Sprint("id", w.ids.Add(1)) },
	}
	if adjust != nil {
		adjust(worker)
	}
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
	w.ended = append(w.ended, stop)
	synctest.Wait()
	if !worker.Ready() {
		w.Error("the worker is not ready")
	}
	return worker, &expiry.Timers{Client: c, Worker: worker}, stop
}

// TestOnTime has timers fire to the millisecond, for their last setting.
func TestOnTime(t *testing.T) {
	inBubble(t, func(w *world) {
		handler := func(_ context.Context, l *expiry.Firing) error {
			w.saw("%s(%s) of %s, attempt %d, %s late", l.Action, l.Identifier, l.Key, l.Attempt, l.Late)
			return nil
		}
		_, timers, _ := w.work(nil, handlers{"a": handler, "b": handler})
		w.set(timers, "a", "1", 10*time.Second)
		w.set(timers, "a", "2", time.Second)
		w.set(timers, "b", "1", 1500*time.Millisecond)
		w.set(timers, "b", "gone", time.Second)
		w.wait(900 * time.Millisecond)
		w.set(timers, "a", "2", 3*time.Second)
		if err := timers.Delete(w.Context(), "b", "gone"); err != nil {
			w.Fatal(err)
		}
		w.wait(time.Minute)
		w.want(
			"1.5s b(1) of wappa:EXPTRIGGER:b:1, attempt 1, 0s late",
			"3.9s a(2) of wappa:EXPTRIGGER:a:2, attempt 1, 0s late",
			"10s a(1) of wappa:EXPTRIGGER:a:1, attempt 1, 0s late",
		)
		w.counts(timers, "a", expiry.Counts{}, 0)
	})
}

// TestTimersOfOthers has timers set by a program that has no worker: they fire no
// earlier, and not much later.
func TestTimersOfOthers(t *testing.T) {
	inBubble(t, func(w *world) {
		var late time.Duration
		called := 0
		worker, _, _ := w.work(nil, handlers{"a": func(_ context.Context, l *expiry.Firing) error {
			called++
			late = max(late, l.Late)
			if l.Late < 0 || time.Now().Before(l.Due) {
				w.Errorf("%s is %s early", l.Identifier, -l.Late)
			}
			return nil
		}})
		worker.Expect("a", 15*time.Second)
		others := &expiry.Timers{Client: w.client(0)}
		for n := range 500 {
			w.set(others, "a", fmt.Sprint(n), 15*time.Second)
			w.wait(time.Duration(n+1) * 11 * time.Millisecond)
		}
		w.wait(time.Minute)
		if called != 500 || late > time.Millisecond {
			w.Errorf("%d handlers were called, up to %s late", called, late)
		}
	})
}

// backoffs is when attempts come after failed ones, of a timer of a second.
func backoffs(id string, n int) (at []string) {
	sum := time.Second // when it fires
	for i := range n {
		sum += expiry.Backoff(i+1, id).Truncate(time.Millisecond)
		at = append(at, fmt.Sprint(sum))
	}
	return at
}

// TestRetries has a handler fail, panic, and then succeed: it is called again
// later and later, with the same id.
func TestRetries(t *testing.T) {
	inBubble(t, func(w *world) {
		id := ""
		_, timers, _ := w.work(nil, handlers{"a": func(_ context.Context, l *expiry.Firing) error {
			if l.Attempt == 1 {
				id = l.ID
			}
			w.saw("attempt %d, id %t", l.Attempt, l.ID == id)
			switch {
			case l.Attempt == 2:
				panic("out of cheese")
			case l.Attempt < 7:
				return errors.New("no luck")
			}
			return nil
		}})
		w.set(timers, "a", "1", time.Second)
		w.wait(time.Minute / 2)
		w.counts(timers, "a", expiry.Counts{Claimed: 1}, 0)
		w.wait(time.Hour)
		at := backoffs(id, 6)
		w.want("1s attempt 1, id true", at[0]+" attempt 2, id true", at[1]+" attempt 3, id true", at[2]+" attempt 4, id true",
			at[3]+" attempt 5, id true", at[4]+" attempt 6, id true", at[5]+" attempt 7, id true")
		w.counts(timers, "a", expiry.Counts{}, 0)
		for _, want := range []string{"out of cheese", "no luck"} {
			if !strings.Contains(w.log.String(), want) {
				w.Errorf("%q is not in the log:\n%s", want, &w.log)
			}
		}
	})
}

// TestBackoff is the schedule that the package promises.
func TestBackoff(t *testing.T) {
	for n, least := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 4 * time.Second, 3: 16 * time.Second, 4: 64 * time.Second, 5: 2 * time.Minute, 6: 2 * time.Minute, 100: 2 * time.Minute} {
		different := make(map[time.Duration]bool)
		for who := range 100 {
			wait := expiry.Backoff(n, fmt.Sprint(who))
			if wait < least || wait > least*3/2 {
				t.Errorf("after %d: %s", n, wait)
			}
			different[wait] = true
		}
		if len(different) < 50 {
			t.Errorf("after %d: only %d different ones", n, len(different))
		}
	}
}

// TestParks has handlers give up: at once, and when RetryFor is over.
func TestParks(t *testing.T) {
	inBubble(t, func(w *world) {
		attempts := 0
		_, timers, _ := w.work(func(worker *expiry.Worker) { worker.RetryFor = 10 * time.Minute }, handlers{
			"hopeless": func(context.Context, *expiry.Firing) error {
				return fmt.Errorf("sent: %w", expiry.Park(errors.New("outside 24 hours")))
			},
			"failing": func(_ context.Context, l *expiry.Firing) error { attempts = l.Attempt; return errors.New("no luck") },
		})
		w.set(timers, "hopeless", "1", time.Second)
		w.set(timers, "failing", "2", time.Second)
		w.wait(2 * time.Second)
		parked, err := timers.Parked(w.Context())
		if err != nil || len(parked) != 1 {
			w.Fatalf("got %+v, %v", parked, err)
		}
		p := parked[0]
		if p.Action != "hopeless" || p.Identifier != "1" || p.ID == "" || p.Reason != "outside 24 hours" || p.Attempts != 1 ||
			!p.Due.Equal(w.start.Add(time.Second)) || !p.At.Equal(w.start.Add(time.Second)) {
			w.Errorf("got %+v", p)
		}
		w.counts(timers, "hopeless", expiry.Counts{}, 1)
		w.wait(8 * time.Minute)
		w.counts(timers, "failing", expiry.Counts{Claimed: 1}, 1)
		w.wait(11 * time.Minute)
		w.counts(timers, "failing", expiry.Counts{}, 2)
		tried := attempts
		w.wait(time.Hour)
		if parked, err = timers.Parked(w.Context()); err != nil || len(parked) != 2 {
			w.Fatalf("got %+v, %v", parked, err)
		}
		i := slices.IndexFunc(parked, func(p expiry.Parked) bool { return p.Action == "failing" })
		if p := parked[i]; p.Reason != "no success within 10m0s: no luck" || p.Attempts != tried || tried < 6 || tried != attempts {
			w.Errorf("got %+v after %d attempts", p, attempts)
		}
	})
}

// TestRequeued has what is parked handled again, under its id and for as long as
// what is new.
func TestRequeued(t *testing.T) {
	inBubble(t, func(w *world) {
		var lucky atomic.Bool
		id := ""
		_, timers, _ := w.work(func(worker *expiry.Worker) { worker.RetryFor = time.Minute }, handlers{
			"a": func(_ context.Context, l *expiry.Firing) error {
				w.saw("attempt %d, id %t, due %s", l.Attempt, l.ID == id, l.Due.Sub(w.start))
				switch {
				case id == "":
					id = l.ID
					return expiry.Park(errors.New("no luck"))
				case !lucky.Load():
					return errors.New("no luck yet")
				}
				return nil
			},
		})
		w.set(timers, "a", "1", time.Second)
		w.wait(time.Hour)
		parked, err := timers.Parked(w.Context())
		if err != nil || len(parked) != 1 {
			w.Fatalf("got %+v, %v", parked, err)
		}
		if err := timers.Requeue(w.Context(), parked[0], 5*time.Second); err != nil {
			w.Fatal(err)
		}
		w.counts(timers, "a", expiry.Counts{Claimed: 1}, 0)
		w.wait(time.Hour + 5*time.Second + 100*time.Millisecond)
		lucky.Store(true)
		w.wait(2 * time.Hour)
		w.want("1s attempt 1, id false, due 1s", "1h0m5s attempt 1, id true, due 1s",
			fmt.Sprint(time.Hour+5*time.Second+expiry.Backoff(1, id).Truncate(time.Millisecond))+" attempt 2, id true, due 1s")
		w.counts(timers, "a", expiry.Counts{}, 0)
		if err := timers.Requeue(w.Context(), parked[0], 0); !errors.Is(err, expiry.ErrNotParked) {
			w.Errorf("what is not parked: got %v", err)
		}
	})
}

// TestAgainLater has handlers ask for another attempt: it comes then, in RetryFor.
func TestAgainLater(t *testing.T) {
	inBubble(t, func(w *world) {
		_, timers, _ := w.work(func(worker *expiry.Worker) { worker.RetryFor = 5 * time.Minute }, handlers{
			"a": func(_ context.Context, l *expiry.Firing) error {
				w.saw("attempt %d", l.Attempt)
				switch l.Attempt {
				case 1:
					return expiry.Again(0, errors.New("at once"))
				case 2:
					return fmt.Errorf("wrapped: %w", expiry.Again(100*time.Second, errors.New("later")))
				}
				return expiry.Again(5*time.Minute, errors.New("too late"))
			},
		})
		w.set(timers, "a", "1", time.Second)
		w.wait(time.Hour)
		w.want("1s attempt 1", "1s attempt 2", "1m41s attempt 3")
		parked, err := timers.Parked(w.Context())
		if err != nil || len(parked) != 1 || parked[0].Reason != "no success within 5m0s: too late" {
			w.Errorf("got %+v, %v", parked, err)
		}
	})
}

// TestSlots has ten timers fire at once, with two slots for all actions.
func TestSlots(t *testing.T) {
	inBubble(t, func(w *world) {
		var running, most, called int // guarded by w.mu
		handler := func(_ context.Context, l *expiry.Firing) error {
			w.mu.Lock()
			called++
			running++
			most = max(most, running)
			w.mu.Unlock()
			time.Sleep(time.Second)
			w.mu.Lock()
			running--
			w.mu.Unlock()
			if l.Attempt == 1 && l.Identifier == "3" {
				panic("out of cheese") // and gives its slot back
			}
			return nil
		}
		_, timers, _ := w.work(func(worker *expiry.Worker) { worker.Slots = 2 }, handlers{"a": handler, "b": handler})
		for n := range 10 {
			w.set(timers, []string{"a", "b"}[n%2], fmt.Sprint(n), time.Second)
		}
		w.wait(20 * time.Second)
		w.mu.Lock()
		defer w.mu.Unlock()
		if most != 2 || called != 11 || running != 0 {
			w.Errorf("%d handlers were called, %d at a time; %d run", called, most, running)
		}
	})
}

// TestManyWorkers has three workers compete for 300 timers, each set again while
// its handler runs: each firing is handled once, and those of a timer one after
// another, in order.
func TestManyWorkers(t *testing.T) {
	inBubble(t, func(w *world) {
		var (
			busy    = make(map[string]bool)      // guarded by w.mu, as what follows
			due     = make(map[string]time.Time) // of the firing before
			ids     = make(map[string]bool)
			setting *expiry.Timers
		)
		handler := func(ctx context.Context, l *expiry.Firing) error {
			w.mu.Lock()
			if busy[l.Identifier] || ids[l.ID] || !l.Due.After(due[l.Identifier]) || l.Attempt != 1 || l.TakenOver {
				w.Errorf("busy: %t, came before: %t, %+v, before that %s", busy[l.Identifier], ids[l.ID], l, due[l.Identifier])
			}
			first := due[l.Identifier].IsZero()
			busy[l.Identifier], ids[l.ID], due[l.Identifier] = true, true, l.Due
			w.mu.Unlock()
			if first {
				if err := setting.Set(ctx, l.Action, l.Identifier, time.Second); err != nil {
					w.Error(err)
				}
			}
			time.Sleep(5 * time.Second)
			w.mu.Lock()
			defer w.mu.Unlock()
			busy[l.Identifier] = false
			return nil
		}
		var timers *expiry.Timers
		for range 3 {
			_, timers, _ = w.work(nil, handlers{"a": handler})
			setting = timers
		}
		for n := range 300 {
			w.set(timers, "a", fmt.Sprint(n), time.Duration(1000+n%7)*time.Millisecond)
		}
		w.wait(10 * time.Minute)
		w.mu.Lock()
		if len(ids) != 600 {
			w.Errorf("%d firings of 600 were handled", len(ids))
		}
		w.mu.Unlock()
		w.counts(timers, "a", expiry.Counts{}, 0)
	})
}

// TestTakenOver has a handler that does not return within the lease: another
// worker takes the firing over, and Hold tells the first.
func TestTakenOver(t *testing.T) {
	inBubble(t, func(w *world) {
		slow := func(name string) handlers {
			return handlers{"a": func(ctx context.Context, l *expiry.Firing) error {
				w.saw("%s attempt %d, taken over: %t, hold: %v", name, l.Attempt, l.TakenOver, l.Hold(ctx))
				time.Sleep(10 * time.Second)
				w.saw("%s hold: %v", name, l.Hold(ctx))
				if l.Attempt == 1 {
					time.Sleep(20 * time.Second)
					err := l.Hold(ctx)
					w.saw("%s hold: %v", name, err)
					return err
				}
				return nil
			}}
		}
		_, timers, _ := w.work(nil, slow("one"))
		w.set(timers, "a", "1", time.Second)
		w.wait(2 * time.Second)
		w.work(nil, slow("two"))
		w.wait(5 * time.Minute)
		lost := expiry.ErrLost.Error()
		// Both workers look when the lease ends; which of them is first does not matter.
		w.mu.Lock()
		for i, s := range w.seen {
			w.seen[i] = strings.ReplaceAll(strings.ReplaceAll(s, " one ", " "), " two ", " ")
		}
		w.mu.Unlock()
		w.want("1s attempt 1, taken over: false, hold: <nil>", "11s hold: <nil>", "26s attempt 2, taken over: true, hold: <nil>",
			"31s hold: "+lost, "36s hold: <nil>")
		w.counts(timers, "a", expiry.Counts{}, 0)
		if got := strings.Count(w.log.String(), "another replica has taken the firing over"); got != 1 {
			w.Errorf("said %d times:\n%s", got, &w.log)
		}
	})
}

// TestLostLeaves has a handler return ErrLost: the worker leaves the firing to the
// replica that has it. Here no replica has it until the lease ends.
func TestLostLeaves(t *testing.T) {
	inBubble(t, func(w *world) {
		_, timers, _ := w.work(nil, handlers{"a": func(_ context.Context, l *expiry.Firing) error {
			w.saw("attempt %d", l.Attempt)
			if l.Attempt == 1 {
				return fmt.Errorf("wrapped: %w", expiry.ErrLost)
			}
			return nil
		}})
		w.set(timers, "a", "1", time.Second)
		w.wait(time.Minute)
		w.want("1s attempt 1", "16s attempt 2")
	})
}

// TestStop ends a worker while a handler runs: Run waits for it, and what is due
// later is left to others.
func TestStop(t *testing.T) {
	inBubble(t, func(w *world) {
		handler := handlers{"a": func(ctx context.Context, l *expiry.Firing) error {
			time.Sleep(5 * time.Second)
			w.saw("%s %v", l.Identifier, ctx.Err())
			return nil
		}}
		worker, timers, stop := w.work(nil, handler)
		w.set(timers, "a", "1", time.Second)
		w.set(timers, "a", "2", 3*time.Second)
		w.wait(2 * time.Second)
		stop()
		if got := time.Since(w.start); got != 6*time.Second {
			w.Errorf("it ended after %s", got)
		}
		if worker.Ready() {
			w.Error("it is ready after its end")
		}
		w.wait(time.Minute)
		w.want("6s 1 <nil>")
		w.work(nil, handler)
		w.wait(2 * time.Minute)
		w.want("6s 1 <nil>", "1m5s 2 <nil>")
	})
}

// TestStopWhileLooking ends workers between the question what is due and the answer:
// none of them claims it.
func TestStopWhileLooking(t *testing.T) {
	inBubble(t, func(w *world) {
		handler := handlers{"a": func(_ context.Context, l *expiry.Firing) error {
			w.saw("%s", l.Identifier)
			return nil
		}}
		var stops []func()
		for range 10 {
			_, timers, stop := w.work(nil, handler)
			w.set(timers, "a", "1", time.Second)
			stops = append(stops, stop)
		}
		w.wait(500 * time.Millisecond)
		w.server.Server().SetPreHook(func(_ *server.Peer, command string, args ...string) bool {
			if command == "ZRANGE" && len(args) > 0 && args[0] == "wappa:deadlines:a" {
				time.Sleep(50 * time.Millisecond)
			}
			return false
		})
		w.wait(1020 * time.Millisecond)
		var stopping sync.WaitGroup
		for _, stop := range stops {
			stopping.Go(stop)
		}
		stopping.Wait()
		if got := time.Since(w.start); got > 1100*time.Millisecond {
			w.Errorf("they ended after %s", got)
		}
		w.want()
	})
}

// TestRedisAway takes Redis away when a timer fires, and when what its handler did
// is to be recorded: it is called at least once more, and nothing is left.
func TestRedisAway(t *testing.T) {
	inBubble(t, func(w *world) {
		worker, timers, _ := w.work(nil, handlers{"a": func(_ context.Context, l *expiry.Firing) error {
			w.saw("attempt %d", l.Attempt)
			if l.Attempt == 1 {
				w.server.SetError("LOADING Redis is loading the dataset in memory")
				time.AfterFunc(10*time.Second, func() { w.server.SetError("") })
			}
			return nil
		}})
		w.set(timers, "a", "1", time.Second)
		w.wait(500 * time.Millisecond)
		w.server.SetError("LOADING Redis is loading the dataset in memory")
		worker.LookAtAll()
		w.wait(30 * time.Second)
		if worker.Ready() {
			w.Error("it is ready without Redis")
		}
		w.want()
		w.server.SetError("")
		w.wait(2 * time.Minute)
		if !worker.Ready() || len(w.seen) != 2 || !strings.HasSuffix(w.seen[1], "attempt 2") {
			w.Errorf("ready: %t, got %q", worker.Ready(), w.seen)
		}
		w.counts(timers, "a", expiry.Counts{}, 0)
	})
}

// TestRepair mends timers of which a part is missing.
func TestRepair(t *testing.T) {
	inBubble(t, func(w *world) {
		worker, timers, _ := w.work(nil, handlers{"a": func(_ context.Context, l *expiry.Firing) error {
			w.saw("%s attempt %d", l.Identifier, l.Attempt)
			return nil
		}})
		ctx, c, triggers := w.Context(), w.client(0), w.client(expiry.DB)
		for n := range 30 { // of which most are whole; more at a time do not go through an unbuffered pipe
			w.set(timers, "a", fmt.Sprint("whole", n), time.Hour)
		}
		w.set(timers, "a", "no-trigger", time.Hour)
		triggers.Del(ctx, "wappa:EXPTRIGGER:a:no-trigger")
		for key, err := range map[string]error{ // as other programs set them
			"SETEX":     triggers.SetEx(ctx, "wappa:EXPTRIGGER:a:of-another", "any", 20*time.Second).Err(),
			"no TTL":    triggers.Set(ctx, "wappa:EXPTRIGGER:a:for-ever", "any", 0).Err(),
			"no action": triggers.SetEx(ctx, "wappa:EXPTRIGGER:unknown:1", "any", 20*time.Second).Err(),
			"no lease":  c.HSet(ctx, "wappa:firing:a:no-lease", "id", "x", "owner", "gone", "due", 1, "opened", time.Now().UnixMilli(), "attempt", 1).Err(),
		} {
			if err != nil {
				w.Fatalf("%s: %v", key, err)
			}
		}
		for range 2 {
			if err := worker.Repair(ctx, triggers); err != nil {
				w.Fatal(err)
			}
		}
		synctest.Wait() // the firing without a lease has been handled
		w.counts(timers, "a", expiry.Counts{Pending: 32}, 0)
		if ttl := triggers.PTTL(ctx, "wappa:EXPTRIGGER:a:no-trigger").Val(); ttl <= 0 || ttl > time.Hour {
			w.Errorf("the missing trigger has %s", ttl)
		}
		w.wait(time.Minute)
		w.want("0s no-lease attempt 2", "20.001s of-another attempt 1")
	})
}

// TestWakeWhileLooking makes a timer due right after a worker has looked, while the
// answer is still on its way: the worker was told, and must look again at once.
func TestWakeWhileLooking(t *testing.T) {
	inBubble(t, func(w *world) {
		worker, timers, _ := w.work(nil, handlers{"a": func(_ context.Context, l *expiry.Firing) error {
			w.saw("%s late", l.Late)
			return nil
		}})
		worker.Expect("a", 24*time.Hour)
		w.set(timers, "a", "1", 24*time.Hour)
		w.wait(time.Second)
		// The time is asked for last: by then the timers have been read.
		others := &expiry.Timers{Client: w.client(0)}
		looking, once := make(chan struct{}), false
		w.server.Server().SetPreHook(func(_ *server.Peer, command string, _ ...string) bool {
			if command == "TIME" && !once {
				once = true
				close(looking)
				time.Sleep(50 * time.Millisecond)
			}
			return false
		})
		<-looking // at the planned time
		told := time.Now()
		w.set(others, "a", "2", time.Millisecond) // as append_once.lua does with a session that is full
		worker.LookWithin("a", "2", 0)
		w.wait(5 * time.Minute)
		if len(w.seen) != 1 || len(w.seen[0]) == 0 {
			w.Fatalf("got %q", w.seen)
		}
		t.Logf("told at %s, called at %s", told.Sub(w.start), w.seen[0])
		if at, err := time.ParseDuration(strings.Fields(w.seen[0])[0]); err != nil || w.start.Add(at).Sub(told) > time.Second {
			w.Errorf("called at %s, although the worker was told at %s", w.seen[0], told.Sub(w.start))
		}
	})
}

// TestParkNil has a handler end with Park(nil), as `return expiry.Park(f())` does
// where f succeeds, and with Again(d, nil): neither ends the process.
func TestParkNil(t *testing.T) {
	inBubble(t, func(w *world) {
		_, timers, _ := w.work(nil, handlers{
			"park": func(context.Context, *expiry.Firing) error { return expiry.Park(nil) },
			"again": func(_ context.Context, l *expiry.Firing) error {
				switch l.Attempt {
				case 1:
					return expiry.Again(time.Second, nil)
				case 2:
					return expiry.Later(time.Second, errors.New("it is too early"))
				case 3:
					return expiry.Again(time.Second, errors.New("no luck"))
				}
				return nil
			},
		})
		w.set(timers, "park", "1", time.Second)
		w.set(timers, "again", "1", time.Second)
		w.wait(time.Minute)
		w.counts(timers, "park", expiry.Counts{}, 0)
		w.counts(timers, "again", expiry.Counts{}, 0)
		for text, want := range map[string]int{"handler asked to be called again": 2, "handler failed, retrying": 1} {
			if got := strings.Count(w.log.String(), text); got != want {
				w.Errorf("%q is logged %d times, want %d:\n%s", text, got, want, &w.log)
			}
		}
	})
}

// TestLongerThanLease has a handler that takes longer than its lease: its own process
// does not call it a second time meanwhile, and what it has done counts.
func TestLongerThanLease(t *testing.T) {
	inBubble(t, func(w *world) {
		calls := 0
		_, timers, _ := w.work(nil, handlers{"a": func(context.Context, *expiry.Firing) error {
			calls++
			time.Sleep(4 * expiry.Lease)
			return nil
		}})
		w.set(timers, "a", "1", time.Second)
		w.wait(10 * time.Minute)
		if calls != 1 {
			w.Errorf("it was called %d times", calls)
		}
		w.counts(timers, "a", expiry.Counts{}, 0)
	})
}
