package duration_test

import (
	"fmt"
	"testing"
	"time"

	"wappasim/sim/duration"
)

func Example() {
	d, err := duration.Parse("1 hour 30 minutes")
	fmt.Println(d, duration.Format(d))
	fmt.Println(err)
	// Output:
	// 1h30m0s 1 hour 30 minutes
	// <nil>
}

func TestDurationsAreReadAndWritten(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                      "0 milliseconds",
		time.Millisecond:                       "1 millisecond",
		1500 * time.Microsecond:                "1.5 milliseconds",
		1500 * time.Millisecond:                "1.5 seconds",
		time.Second:                            "1 second",
		90 * time.Second:                       "1 minute 30 seconds",
		25 * time.Hour:                         "1 day 1 hour",
		48*time.Hour + 20*time.Millisecond:     "2 days 20 milliseconds",
		time.Hour + 62500*time.Millisecond:     "1 hour 1 minute 2.5 seconds",
		3*time.Minute + 14999*time.Millisecond: "3 minutes 14.999 seconds",
		26*time.Hour + 34123456789*time.Nanosecond: "1 day 2 hours 34.123456789 seconds",
	} {
		if got := duration.Format(d); got != want {
			t.Errorf("%s is written as %q, want %q", d, got, want)
		}
		if got, err := duration.Parse(want); err != nil || got != d {
			t.Errorf("%q is read as %s, %v", want, got, err)
		}
	}
	if got := duration.Format(-90 * time.Second); got != "-1 minute 30 seconds" {
		t.Errorf("got %q", got)
	}
	for text, want := range map[string]time.Duration{"1.5 minutes": 90 * time.Second, "30 minutes 1 hour": 90 * time.Minute} {
		if got, err := duration.Parse(text); err != nil || got != want {
			t.Errorf("%q is read as %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "1 hour 30", "1 hour and 30 minutes", "hour", "-1 hour", "1 hour -3 minutes", "NaN seconds", "99999999999 days", "1 parsec"} {
		if got, err := duration.Parse(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}
