package steps

import (
	"testing"
	"time"
)

func TestTimesOfDayInTextsCountWithinTheTolerance(t *testing.T) {
	const history = "2 messages\n1. [09:00:19] me again\n2. [09:00:21] and again"
	for _, test := range []struct {
		words     string
		tolerance time.Duration
		has, is   bool
	}{
		{"1. [09:00:20] me again", time.Second, true, false},
		{"1. [09:00:20] me again", time.Millisecond, false, false},
		{"1. [09:00:20] me", time.Second, true, false},
		{"1. [09:00:20] you again", time.Second, false, false},
		{"1. [09:00:21] me again", time.Second, false, false},
		{"1. [09:00:20] me again\n2. [09:00:20] and", time.Second, true, false},
		{"1. [09:00:20] me again\n2. [09:00:23] and", time.Second, false, false},
		{"2 messages\n1. [09:00:20] me again\n2. [09:00:20] and again", time.Second, true, true},
		{"me again", 0, true, false},
	} {
		s := &scenario{live: &Live{cfg: LiveConfig{Tolerance: test.tolerance}}}
		if got := s.has(history, test.words); got != test.has {
			t.Errorf("has %q within %s: got %t", test.words, test.tolerance, got)
		}
		if got := s.is(history, test.words); got != test.is {
			t.Errorf("is %q within %s: got %t", test.words, test.tolerance, got)
		}
	}
	if s := (&scenario{}); s.has(history, "[09:00:20] me") || !s.has(history, "[09:00:19] me") {
		t.Error("in a world, times are exact")
	}
}
