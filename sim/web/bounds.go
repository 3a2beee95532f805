package web

import (
	"time"

	"wappasim/sim"
)

// defaultMaxEvents keeps a talk to about two gigabytes of memory.
const defaultMaxEvents = 2_000_000

// part is how much time passes at once: after each part a move may end before its time.
const part = time.Minute

// hasRoom refuses to let time pass if the trace is full. What people do is still taken. The
// caller holds mu.
func (s *Server) hasRoom() error {
	if n := s.world.Trace().Len(); n >= s.cfg.MaxEvents {
		return conflict("web: %d events have happened, and with %d time moves no more: each takes memory; GET /_sim/keep keeps the talk, POST /_sim/restart begins the world anew", n, s.cfg.MaxEvents)
	}
	return nil
}

// mostEvents is how many events the trace may have at the end of a move: half of those of a
// talk more than now. The caller holds mu.
func (s *Server) mostEvents() int {
	return min(s.world.Trace().Len()+s.cfg.MaxEvents/2, s.cfg.MaxEvents)
}

// pass lets time pass. The caller holds mu.
func (s *Server) pass(d time.Duration, most int) error {
	_, err := s.passTo(d, most, func(w any, d time.Duration) (bool, error) { return false, w.(*sim.World).Wait(d) })
	return err
}

// passTo lets time pass in parts, each by a function that tells whether it is enough, until it
// is, or the trace has about as many events as it may have at most, or the server is closed.
// The caller holds mu.
func (s *Server) passTo(d time.Duration, most int, by func(world any, d time.Duration) (bool, error)) (enough bool, err error) {
	n := s.world.Trace().Len()
	for {
		at := min(d, part)
		if enough, err = by(s.world, at); err != nil || enough {
			return enough, err
		}
		switch d -= at; {
		case d <= 0:
			return false, nil
		case s.life.Err() != nil:
			return false, conflict("web: the server is closed; %s of the time have not passed", d)
		case s.world.Trace().Len() >= most:
			return false, conflict("web: the move ends before its time: %d events have happened in it; it is %s, and %s are left", s.world.Trace().Len()-n, s.world.Now().Format(time.RFC3339Nano), d)
		}
	}
}
