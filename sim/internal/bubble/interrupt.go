package bubble

import (
	"iter"
	"testing"
	"testing/synctest"
)

// Interrupt has f run in the bubble while a call of Do lasts, even if none of its
// goroutines can run: then they wait for time, and one of them for a mutex, so that time
// cannot move. F must not wait. One call at a time.
//
// A channel, a condition and a timer of a bubble cannot be used from outside: that ends the
// process. A coroutine, as iter.Pull makes them, can: who resumes it waits while it runs in
// the bubble that has made it. That is not documented. The one who resumes it must be in a
// bubble too (runtime/coro.go counts nothing if neither side of a switch seems to need it),
// or else the bubble takes one goroutine too few for running, and time moves too early.
// TestInterruptWhileTimeCannotMove notices when this is so no longer.
func (b *Bubble) Interrupt(f func()) {
	done := make(chan struct{})
	synctest.Test(new(testing.T), func(*testing.T) {
		go func() { <-done }() // a bubble whose only goroutine has resumed another one is a deadlock
		defer close(done)
		b.interrupt = f
		b.resume()
	})
}

// interrupts makes the coroutine that runs what Interrupt is given.
func (b *Bubble) interrupts() (end func()) {
	next, end := iter.Pull(func(yield func(struct{}) bool) {
		for yield(struct{}{}) {
			b.interrupt()
		}
	})
	next()
	b.resume = func() { next() }
	return end
}
