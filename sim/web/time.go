package web

import (
	"errors"
	"fmt"
	"time"

	"wappasim/sim/duration"
)

// maxMove is the longest move of time.
const maxMove = 30 * 24 * time.Hour

// timeState is what the calls about time answer.
type timeState struct {
	Began  time.Time `json:"began"`
	Now    time.Time `json:"now"`
	Pace   string    `json:"pace"`
	Events int       `json:"events"`
}

const paused, real = "paused", "real"

// time returns what time it is. The caller holds mu.
func (s *Server) time() timeState {
	state := timeState{Began: s.began, Now: s.began, Pace: paused}
	if s.clock.runs() {
		state.Pace = real
	}
	if s.world != nil {
		state.Now, state.Events = s.world.Now(), s.world.Trace().Len()
	}
	return state
}

// moveTime moves time, or sets its pace.
func (s *Server) moveTime(r *request) (any, error) {
	const example = `{"advance":"15s"}, {"to":"next"} or {"pace":"real"}`
	var body struct{ Advance, To, Pace string }
	if err := r.read(&body, example); err != nil {
		return nil, err
	}
	given := 0
	for _, field := range []string{body.Advance, body.To, body.Pace} {
		if field != "" {
			given++
		}
	}
	if given != 1 {
		return nil, errors.New("web: move time: want exactly one of advance, to and pace, like " + example)
	}
	if s.world == nil {
		return nil, s.noWorld()
	}
	var err error
	switch {
	case body.Pace == real:
		if err = s.hasRoom(); err == nil {
			s.clock.start()
		}
	case body.Pace == paused:
		s.clock.stop()
	case body.Pace != "":
		err = fmt.Errorf("web: pace is %q: want %q or %q", body.Pace, paused, real)
	case body.To == "next":
		if err = s.hasRoom(); err == nil {
			err = s.toNext()
		}
	case body.To != "":
		err = s.moveTo(body.To)
	default:
		var d time.Duration
		if d, err = parseDuration(body.Advance); err == nil {
			err = s.move(d)
		}
	}
	return s.time(), err
}

// parseDuration reads "1m30s" as Go does, and "90 seconds" as scenarios do.
func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = duration.Parse(text)
	}
	if err != nil {
		return 0, fmt.Errorf("web: advance is %q: want a time like 15s, 24h or \"90 seconds\"", text)
	}
	return d, nil
}

func (s *Server) moveTo(text string) error {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf(`web: to is %q: want "next" or a time like 2026-01-05T09:00:15Z`, text)
	}
	now := s.world.Now()
	if at.Before(now) {
		return fmt.Errorf("web: to is %s, and it is %s: time moves ahead only; POST /_sim/restart begins the world anew", text, now.Format(time.RFC3339Nano))
	}
	return s.move(at.Sub(now))
}

func (s *Server) move(d time.Duration) error {
	switch {
	case d < 0:
		return fmt.Errorf("web: %s is negative: time moves ahead only; POST /_sim/restart begins the world anew", d)
	case d > maxMove:
		return fmt.Errorf("web: %s is too long: move time by %s at most, as often as you like", d, maxMove)
	}
	if err := s.hasRoom(); err != nil {
		return err
	}
	return s.pass(d, s.mostEvents())
}

// passReal lets as much time pass as has passed on the wall.
func (s *Server) passReal(passed time.Duration, stop <-chan struct{}) (goesOn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-stop: // paused while it waited for its turn
		return false
	default:
	}
	if s.world == nil {
		return false
	}
	err := s.world.Wait(passed)
	if err != nil {
		s.broken = err
	} else if err = s.hasRoom(); err != nil {
		s.clock.stop()
	}
	s.publish()
	return err == nil
}
