package fakewa

import "time"

// limiter allows one thing in each interval, and bursts that borrow from the
// intervals to come (the generic cell rate algorithm). The server's mu guards it.
type limiter struct{ due time.Time }

// take tells whether a thing is allowed now, and if not, in how long it would be.
func (l *limiter) take(now time.Time, interval time.Duration, burst int) (wait time.Duration) {
	due := l.due
	if due.Before(now) {
		due = now
	}
	if wait = due.Add(interval).Sub(now) - time.Duration(burst)*interval; wait > 0 {
		return wait
	}
	l.due = due.Add(interval)
	return 0
}
