package trace_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/trace"
)

// TestFollowFromOutside has readers outside of a bubble follow a trace that grows in it. The
// bubble's time must move all the same.
func TestFollowFromOutside(t *testing.T) {
	const events = 500
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	happened := new(trace.Trace)
	var readers sync.WaitGroup
	for after := range 3 {
		readers.Go(func() {
			next := after + 1
			for e := range happened.Follow(ctx, after) {
				if e.N != next || e.Text != fmt.Sprint(next) {
					t.Errorf("got %s, want event %d", e, next)
				}
				if next++; e.N == events {
					break
				}
			}
			if next != events+1 {
				t.Errorf("the last event was %d", next-1)
			}
		})
	}
	synctest.Test(t, func(*testing.T) {
		begin := time.Now()
		for i := range events {
			<-time.After(time.Hour)
			happened.Add(trace.Event{Who: "redis", What: trace.Expires, Text: fmt.Sprint(i + 1)})
		}
		if passed := time.Since(begin); passed != events*time.Hour {
			t.Errorf("%s have passed", passed)
		}
	})
	readers.Wait()
}

// TestFollowGivesAnswers has Redis answer before and after a reader has the command.
func TestFollowGivesAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		happened := new(trace.Trace)
		command := func() int {
			return happened.Add(trace.Event{Who: "bot 1", What: trace.Commands, To: "redis", Text: "GET timer"})
		}
		happened.Answered(command(), "(nil)")
		ctx, cancel := context.WithCancel(t.Context())
		var got []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			for e := range happened.Follow(ctx, 0) {
				got = append(got, fmt.Sprint(e.N, e.Answer))
			}
		}()
		synctest.Wait()
		second := command()
		synctest.Wait()
		third := command()
		happened.Answered(second, `"1"`)
		synctest.Wait()
		happened.Answered(third, `"2"`)
		happened.End()
		happened.Add(trace.Event{What: trace.Says})
		happened.Add(trace.Event{What: trace.Leaks})
		synctest.Wait()
		cancel()
		<-done
		for e := range happened.Follow(t.Context(), second) {
			if e.N != third || e.Answer != `"2"` {
				t.Errorf("after the second command: got %s", e)
			}
			break
		}
		if want := `[1(nil) 2 2"1" 3 3"2" 4]`; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
	})
}

// TestReaderReadsInParts reads a trace in parts, up to an event, and an answer that comes late.
func TestReaderReadsInParts(t *testing.T) {
	happened := new(trace.Trace)
	for range 5 {
		happened.Add(trace.Event{Who: "bot 1", What: trace.Commands, To: "redis", Text: "GET timer"})
	}
	happened.Answered(2, "(nil)")
	r := happened.From(1)
	next := func(most, last int, want string) {
		t.Helper()
		got := ""
		for _, e := range r.Next(most, last) {
			got += fmt.Sprint(e.N, e.Answer, " ")
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	next(2, 4, "2(nil) 3 ")
	next(2, 4, "4 ")
	next(2, 4, "")
	for n := 5; n > 1; n-- {
		happened.Answered(n, "1")
	}
	next(2, 4, "41 31 ")
	next(2, 4, "21 ")
	next(2, 9, "51 ")
	next(2, 9, "")
}
