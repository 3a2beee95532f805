package bubble_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/internal/bubble"
)

// TestBubbleRunsWithoutATest holds what worlds outside of go test rest on:
// synctest.Test takes a zero testing.T, and its time is virtual.
func TestBubbleRunsWithoutATest(t *testing.T) {
	b, real := bubble.New(nil), time.Now()
	var passed time.Duration
	err := b.Do(func() error {
		began := time.Now()
		time.Sleep(time.Hour)
		passed = time.Since(began)
		return nil
	}, nil)
	if err != nil || passed != time.Hour || time.Since(real) > time.Minute {
		t.Errorf("%s passed in %s, %v", passed, time.Since(real), err)
	}
	if err := b.End(); err != nil {
		t.Error(err)
	}
	if err := b.Do(func() error { return nil }, nil); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("after End: got %v", err)
	}
}

func TestTimeStandsStillBetweenCalls(t *testing.T) {
	b := bubble.New(t)
	var first, second time.Time
	for _, now := range []*time.Time{&first, &second} {
		if err := b.Do(func() error { *now = time.Now(); return nil }, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // real, of which the bubble sees nothing
	}
	if !first.Equal(second) {
		t.Errorf("it was %s and then %s", first, second)
	}
	if err := b.End(); err != nil {
		t.Error(err)
	}
}

func TestDoReturnsWhatEndsAFunction(t *testing.T) {
	b, no := bubble.New(t), errors.New("no")
	for want, f := range map[string]func() error{
		"no":          func() error { return no },
		"panic: boom": func() error { panic("boom") },
	} {
		if err := b.Do(f, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := b.End(); err != nil {
		t.Error(err)
	}
}

// TestGoroutinesAreNamed finds a goroutine that waits inside, and one that waits
// for a channel made outside, which makes the bubble stuck.
func TestGoroutinesAreNamed(t *testing.T) {
	b, outside := bubble.New(t), make(chan int)
	inside := make(chan chan int, 1)
	err := b.Do(func() error {
		c := make(chan int)
		go waitsInside(c)
		bubble.Settle()
		inside <- c
		return nil
	}, nil)
	if found := b.Goroutines(); err != nil || len(found) != 1 || !strings.Contains(found[0], "waitsInside") {
		t.Errorf("got %q, %v", found, err)
	}
	enough := make(chan struct{})
	time.AfterFunc(50*time.Millisecond, func() { close(enough) })
	err = b.Do(func() error { waitsOutside(outside); return nil }, func() (<-chan struct{}, func()) { return enough, func() {} })
	if !errors.Is(err, bubble.ErrStuck) {
		t.Errorf("got %v", err)
	}
	close(outside)
	if err := b.Do(func() error { close(<-inside); return nil }, nil); err != nil {
		t.Error(err)
	}
	if err := b.End(); err != nil {
		t.Error(err)
	}
}

func waitsInside(c chan int)  { <-c }
func waitsOutside(c chan int) { <-c }

// TestInterruptWhileTimeCannotMove has goroutines wait for time while they hold a mutex
// that the next one wants. Each of these waits is ended at once; the last one, for whose
// mutex nobody waits, takes its time.
func TestInterruptWhileTimeCannotMove(t *testing.T) {
	b := bubble.New(nil)
	var delays bubble.Delays
	interrupt := func() (<-chan struct{}, func()) {
		interrupted := make(chan struct{})
		go func() {
			defer close(interrupted)
			for range 3 {
				for !b.WaitingForMutex() {
					time.Sleep(time.Millisecond)
				}
				b.Interrupt(func() {
					if !delays.EndFirst() {
						t.Error("nobody waits for time")
					}
				})
			}
		}()
		return nil, func() { <-interrupted }
	}
	var got []string
	err := b.Do(func() error {
		began := time.Now()
		var mu sync.Mutex
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				time.Sleep(time.Duration(i+1) * time.Millisecond)
				mu.Lock()
				defer mu.Unlock()
				if err := delays.Wait(context.Background(), began.Add(time.Hour)); err != nil {
					t.Error(err)
				}
				got = append(got, fmt.Sprintf("%d after %s", i, time.Since(began)))
			})
		}
		all.Wait()
		time.Sleep(time.Hour) // time moves as before
		got = append(got, fmt.Sprint(time.Since(began)))
		return nil
	}, interrupt)
	if want := []string{"0 after 2ms", "1 after 3ms", "2 after 4ms", "3 after 1h0m0s", "2h0m0s"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := errors.Join(err, b.End()); err != nil {
		t.Error(err)
	}
}

// TestWhoRunsWithAMutexIsLeftAlone has the world's own function compute while it holds a mutex
// that another goroutine wants: time can move as soon as it is done.
func TestWhoRunsWithAMutexIsLeftAlone(t *testing.T) {
	b := bubble.New(nil)
	var mu sync.Mutex
	var done atomic.Bool
	err := b.Do(func() error {
		mu.Lock()
		var other sync.WaitGroup
		other.Go(func() {
			mu.Lock()
			defer mu.Unlock()
		})
		for !done.Load() { // as on a machine that has no time for it
		}
		mu.Unlock()
		other.Wait()
		return nil
	}, func() (<-chan struct{}, func()) {
		for range 20 {
			time.Sleep(time.Millisecond)
			if b.WaitingForMutex() {
				t.Error("it is said that time cannot move because of a mutex")
				break
			}
		}
		done.Store(true)
		return nil, func() {}
	})
	if err := errors.Join(err, b.End()); err != nil {
		t.Error(err)
	}
}

// TestDelaysEndInTheirOrder ends the one that is due first; others end in time, or with
// their context.
func TestDelaysEndInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var delays bubble.Delays
		began, got := time.Now(), make(chan string, 4)
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		for _, n := range []int{2, 1, 3} {
			go func() {
				err := delays.Wait(ctx, began.Add(time.Duration(n)*10*time.Second))
				got <- fmt.Sprintf("%d after %s: %v", n, time.Since(began), err)
			}()
		}
		synctest.Wait()
		if !delays.EndFirst() {
			t.Error("there is no delay")
		}
		for _, want := range []string{"1 after 0s: <nil>", "2 after 20s: <nil>", "3 after 25s: context deadline exceeded"} {
			if text := <-got; text != want {
				t.Errorf("got %s, want %s", text, want)
			}
		}
		if delays.EndFirst() {
			t.Error("a delay is left")
		}
	})
}
