package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// quantile returns the q-th part of what was measured, 0.99 say, by nearest rank.
func quantile(measured []time.Duration, q float64) time.Duration {
	if len(measured) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(measured))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func median[T cmp.Ordered](measured []T) T {
	sorted := slices.Sorted(slices.Values(measured))
	return sorted[len(sorted)/2]
}

// ms writes a time as milliseconds, with as many digits as mean something.
func ms(d time.Duration) string {
	v := float64(d) / float64(time.Millisecond)
	if v > -10 && v < 10 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

func us(d time.Duration) string { return fmt.Sprintf("%.0f", float64(d)/float64(time.Microsecond)) }
