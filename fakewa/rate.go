package fakewa

import (
	"time"

	"wappasim/fakewa/graph"
)

const (
	pairInterval = 6 * time.Second // between two messages to one user, on average
	pairBurst    = 45              // messages at once, which later time pays for
)

// limit counts a message and returns the rate limit that it exceeds. A message that the
// pair rate refuses counts for the throughput too. The caller holds mu.
func (s *Server) limit(c *conversation) *graph.Error {
	now := s.clock.Now()
	if !s.through(now) {
		return s.throttled(130429, "Cloud API message throughput has been reached: %d messages a second, of both sides.", s.cfg.Throughput)
	}
	if s.cfg.PairRate {
		if wait := c.pair.take(now, pairInterval, pairBurst); wait > 0 {
			return s.throttled(131056, "Too many messages to %s in a short time; the next is taken in %s.", c.user, wait.Round(time.Millisecond))
		}
	}
	return nil
}

// through counts a message of either side, and tells whether the throughput allows
// it. The caller holds mu.
func (s *Server) through(now time.Time) bool {
	n := s.cfg.Throughput
	return n <= 0 || s.throughput.take(now, time.Second/time.Duration(n), n) == 0
}

func (s *Server) throttled(code int, format string, args ...any) *graph.Error {
	e := graph.New(code, format, args...)
	e.Status = s.cfg.ThrottleStatus
	return e
}

// limiter allows one message in each interval, and bursts that borrow from the
// intervals to come (the generic cell rate algorithm). The server's mu guards it.
type limiter struct{ due time.Time }

// take counts a message that is allowed now, and returns 0; otherwise it returns
// how long the caller has to wait.
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
