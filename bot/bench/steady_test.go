package main

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// refusing timers are never armed.
type refusing struct{}

func (refusing) arm(context.Context, int, time.Duration) error { return errors.New("no") }
func (refusing) stop() error                                   { return nil }

func TestSteadyMeasuresEachFiringOnce(t *testing.T) {
	s := &steady{users: 3, period: time.Hour, due: make([]atomic.Int64, 3), again: make(chan int, 3), timers: refusing{}}
	from := time.Now().Add(-time.Minute)
	s.due[0].Store(from.Add(time.Second).UnixNano())     // comes late
	s.due[1].Store(from.Add(2 * time.Second).UnixNano()) // does not come
	s.due[2].Store(from.Add(time.Hour).UnixNano())       // comes early, and is not of the window
	s.fires(0)
	s.fires(0)
	s.fires(2)
	if n := s.outstanding(from, from.Add(time.Minute)); n != 1 {
		t.Errorf("%d timers are outstanding, want 1", n)
	}
	if len(s.samples) != 2 || len(s.again) != 2 {
		t.Fatalf("got %d firings and %d to be armed again, want 2", len(s.samples), len(s.again))
	}
	if late := s.samples[0].late; late < 59*time.Second {
		t.Errorf("the first came 59 s late, not %s", late)
	}
	if late := s.samples[1].late; late > 0 {
		t.Errorf("the second came early, not %s late", late)
	}
	s.arm(t.Context(), 0, time.Hour)
	if s.failed == nil {
		t.Error("a timer that could not be armed is no failure")
	}
}
