package main

import (
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	var measured []time.Duration
	for n := 1000; n > 0; n-- {
		measured = append(measured, time.Duration(n))
	}
	for _, test := range []struct {
		q    float64
		want time.Duration
	}{{0, 1}, {.5, 501}, {.99, 991}, {1, 1000}} {
		if got := quantile(measured, test.q); got != test.want {
			t.Errorf("quantile %v: got %d, want %d", test.q, got, test.want)
		}
	}
	if got := quantile(nil, .99); got != 0 {
		t.Errorf("of nothing: got %d", got)
	}
	if got := median([]int{9, 1, 5}); got != 5 {
		t.Errorf("median: got %d, want 5", got)
	}
}
