package steps

import (
	"time"

	"wappasim/sim"
)

func (s *scenario) timeSteps() []step {
	return []step{
		{`(\S+ [a-z]+) pass(?:es)?`, "15 seconds pass", "Time passes, with everything that is due until then and at that moment. Units: days, hours, minutes, seconds, milliseconds.", s.pass},
		{`time passes until (\d\d:\d\d(?::\d\d)?)`, "time passes until 09:15", "Time passes until this time of day, in UTC; tomorrow's, if today's is over.", s.passUntil},
	}
}

func (s *scenario) pass(text string) error {
	d, err := sim.ParseDuration(text)
	if err != nil {
		return err
	}
	w, err := s.world()
	if err != nil {
		return err
	}
	return w.Wait(d)
}

func (s *scenario) passUntil(text string) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	clock, err := time.Parse("15:04:05", (text + ":00")[:8])
	if err != nil {
		return err
	}
	now := w.Now()
	at := now.Truncate(24 * time.Hour).Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute + time.Duration(clock.Second())*time.Second)
	if at.Before(now) {
		at = at.Add(24 * time.Hour)
	}
	return w.WaitUntil(at)
}
