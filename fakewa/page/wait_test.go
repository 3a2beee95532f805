package page_test

import (
	"testing"
	"time"
)

// wait waits until something is true that the bot sees and the page does not.
func wait(t *testing.T, what string, is func() bool) {
	t.Helper()
	for began := time.Now(); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}
