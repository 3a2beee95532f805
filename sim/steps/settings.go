package steps

import (
	"fmt"
	"strconv"
	"time"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/duration"
)

func (s *scenario) settingSteps() []step {
	return []step{
		{`the time is (.+)`, "the time is 2026-01-05 09:00:00", "The world begins at this time, in UTC. Default: 2026-01-05 09:00:00, a Monday.", func(text string) error {
			for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04"} {
				if t, err := time.Parse(layout, text); err == nil {
					s.start = t
					return s.set(sim.Start(t))
				}
			}
			return fmt.Errorf("%q is not a time like 2026-01-05 09:00:00", text)
		}},
		{`the seed is (\d+)`, "the seed is 7", "Ids of messages, and latencies if there are any, come from this seed.", func(text string) error {
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				return err
			}
			return s.set(sim.Seed(n))
		}},
		{`the bot runs on (\d+) replicas`, "the bot runs on 2 replicas", "Several bots share the Redis; webhooks go to them in turn.", func(n int) error { return s.set(sim.Replicas(n)) }},
		{`WhatsApp limits the messages to a user`, "WhatsApp limits the messages to a user", "The pair rate limit holds: 45 messages at once, then one in 6 seconds (131056).", func() error {
			return s.set(sim.WhatsApp(func(c *fakewa.Config) { c.PairRate = true }))
		}},
		{`WhatsApp takes keys that it does not know`, "WhatsApp takes keys that it does not know", "A key that the fake does not know is taken, and the report card lists it; otherwise it is refused with 100.", func() error {
			return s.set(sim.WhatsApp(func(c *fakewa.Config) { c.TakeUnknown = true }))
		}},
		{`WhatsApp delivers again for {time}`, "WhatsApp delivers again for 1 day", "WhatsApp redelivers, for so long, webhooks that the bot does not acknowledge.", func(text string) error {
			d, err := duration.Parse(text)
			if err != nil {
				return err
			}
			return s.set(sim.Redelivery(d))
		}},
	}
}
