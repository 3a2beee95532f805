package steps

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a scenario plays on any machine

	"wappasim/sim/duration"
)

func (s *scenario) timeSteps() []step {
	const clock, date = `\d\d:\d\d(?::\d\d)?`, `\d{4}-\d\d-\d\d`
	return []step{
		{`{time} pass(?:es)?`, "15 seconds pass", "Time passes, with everything that is due until then and at that moment. Units: days, hours, minutes, seconds, milliseconds.", s.pass},
		{`time passes until (` + clock + `)`, "time passes until 09:15", "Time passes until this time of day, in UTC; tomorrow's, if today's is over.", func(text string) error { return s.passUntil(text, time.UTC) }},
		{`time passes until (` + date + ` ` + clock + `)`, "time passes until 2026-01-06 08:00", "Time passes until this day and time, in UTC.", func(text string) error { return s.passUntil(text, time.UTC) }},
		{`time passes until ((?:` + date + ` )?` + clock + `) for {who}`, "time passes until 08:00 for Ana", "The same, by the clock of a person whose time zone was told.", func(text, who string) error {
			zone := s.zones[who]
			if zone == nil {
				return fmt.Errorf(`the time zone of %s is not known: a step like %[1]s is in "America/Mexico_City" tells it`, who)
			}
			return s.passUntil(text, zone)
		}},
		{`{who} is in {text}`, `Ana is in "America/Mexico_City"`, "Tells the time zone of a person. The bot does not learn it.", func(who, name string) error {
			zone, err := time.LoadLocation(name)
			if err != nil || name == "" {
				return fmt.Errorf("%q is not a time zone like America/Mexico_City", name)
			}
			s.zones[who] = zone
			return nil
		}},
	}
}

func (s *scenario) pass(text string) error {
	d, err := duration.Parse(text)
	if err != nil {
		return err
	}
	w, err := s.world()
	if err != nil {
		return err
	}
	return w.Wait(d)
}

// passUntil lets time pass until a time of day, with a date or without.
func (s *scenario) passUntil(text string, zone *time.Location) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	now := w.Now().In(zone)
	day, clock, dated := strings.Cut(text, " ")
	if !dated {
		day, clock = now.Format(time.DateOnly), text
	}
	at, err := time.ParseInLocation(time.DateTime, day+" "+(clock + ":00")[:8], zone)
	if err != nil {
		return fmt.Errorf("%q is not a time like 09:15 or 2026-01-06 08:00", text)
	}
	if at.Before(now) && dated {
		return fmt.Errorf("it is %s already", now.Format(time.DateTime))
	} else if at.Before(now) {
		at = time.Date(at.Year(), at.Month(), at.Day()+1, at.Hour(), at.Minute(), at.Second(), 0, zone)
	}
	return w.WaitUntil(at.UTC())
}
