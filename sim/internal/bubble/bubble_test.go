package bubble_test

import (
	"errors"
	"strings"
	"testing"
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
