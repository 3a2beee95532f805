package steps

import (
	"encoding/json"
	"fmt"
	"strconv"

	"wappasim/fakewa"
	"wappasim/fakewa/life"
	"wappasim/sim"
	"wappasim/sim/duration"
)

func (s *scenario) lifeSteps() []step {
	set := func(f func(*life.Settings)) error {
		return s.set(sim.WhatsApp(func(c *fakewa.Config) { f(&c.Life) }))
	}
	meta := func(f func(life.Control) error) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		return w.Meta(func(wa *fakewa.Server) error { return f(wa.Life) })
	}
	of := func(who string, f func(life.Control, string) error) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		return meta(func(c life.Control) error { return f(c, w.Number(who)) })
	}
	return []step{
		{`WhatsApp holds messages of a new template after (\d+)`, "WhatsApp holds messages of a new template after 2", "So many messages of a marketing template whose quality is not GREEN go out, and the next ones are held for an hour.", func(n int) error {
			return set(func(l *life.Settings) { l.PaceFrom = n })
		}},
		{`WhatsApp rates a template after (\d+) messages?`, "WhatsApp rates a template after 10 messages", "As soon as so many have arrived, the template has a quality, by how many people block or report the business or stop marketing messages.", func(n int) error {
			return set(func(l *life.Settings) { l.RateFrom = n })
		}},
		{`WhatsApp lets the business write to (\S+) people a day`, "WhatsApp lets the business write to TIER_250 people a day", "A limit of Meta's, or a number, of people outside of an open window in 24 hours. More messages fail with 131048.", func(most string) error {
			return set(func(l *life.Settings) {
				if n, err := strconv.Atoi(most); err == nil {
					l.TierUsers = n
				} else {
					l.Tier = most
				}
			})
		}},
		{`WhatsApp gives a person (\d+) marketing messages? in {time}`, "WhatsApp gives a person 2 marketing messages in 1 day", "Outside of an open window; more fail with 131049.", func(n int, in string) error {
			d, err := duration.Parse(in)
			if err != nil {
				return err
			}
			return set(func(l *life.Settings) { l.Cap, l.CapTime = n, d })
		}},
		{`Meta rates the template {text} (GREEN|YELLOW|RED|UNKNOWN)`, `Meta rates the template "ready" RED`, "Its quality. RED pauses it for 3 hours, the next time for 6, and then disables it. The bot gets webhooks.", func(name, quality string) error {
			return meta(func(c life.Control) error { return c.Rate(name, "", quality) })
		}},
		{`Meta unpauses the template {text}`, `Meta unpauses the template "ready"`, "It can be sent again. The bot gets a webhook about it.", func(name string) error {
			return meta(func(c life.Control) error { return c.Unpause(name, "") })
		}},
		{`Meta lets the business write to (TIER_\w+) people a day`, "Meta lets the business write to TIER_2K people a day", "The limit is another one from now on. The bot gets webhooks.", func(tier string) error {
			return meta(func(c life.Control) error { return c.SetTier(tier) })
		}},
		{`{who} reports the business`, "Ana reports the business", "It counts against the last template that she got.", func(who string) error { return of(who, life.Control.Report) }},
		{`{who} (stops|resumes) marketing messages`, "Ana stops marketing messages", "The bot gets a webhook of user_preferences. While they are stopped, marketing templates to her fail with 131050.", func(who, does string) error {
			return of(who, func(c life.Control, user string) error { return c.Prefer(user, does[:len(does)-1]) })
		}},
		{`WhatsApp holds it`, "WhatsApp holds it", "WhatsApp took the message of the business, and holds it until it knows how people take the template.", s.heldBack},
		{`the template {text} has the status (\w+)`, `the template "ready" has the status PAUSED`, "Of Meta's: APPROVED, PENDING, REJECTED, PAUSED, DISABLED.", func(name, want string) error {
			return s.templateHas(name, want, func(t life.Template) string { return t.Status })
		}},
		{`the template {text} has the quality (\w+)`, `the template "ready" has the quality GREEN`, "GREEN, YELLOW, RED, or UNKNOWN.", func(name, want string) error {
			return s.templateHas(name, want, func(t life.Template) string { return t.Quality })
		}},
	}
}

// heldBack wants WhatsApp's answer to the business to say that the message is held.
func (s *scenario) heldBack() error {
	var body struct {
		Messages []struct {
			Status string `json:"message_status"`
		}
	}
	if err := json.Unmarshal([]byte(s.answer.Body), &body); err != nil || len(body.Messages) != 1 || body.Messages[0].Status != "held_for_quality_assessment" {
		return fmt.Errorf("WhatsApp answered %d %s", s.answer.Status, s.answer.Body)
	}
	return nil
}

// templateHas compares something of a template, in all of its languages.
func (s *scenario) templateHas(name, want string, what func(life.Template) string) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	return w.Meta(func(wa *fakewa.Server) error {
		found := false
		for _, t := range wa.Life.State().Templates {
			if t.Name != name {
				continue
			}
			if found = true; what(t) != want {
				return fmt.Errorf("the template %q has %s, not %s", name, what(t), want)
			}
		}
		if !found {
			return fmt.Errorf("there is no template %q", name)
		}
		return nil
	})
}
