package main

import (
	"errors"
	"flag"
	"time"

	"wappasim/fakewa/life"
)

// lifeFlags adds the flags of what Meta does with templates and limits.
func lifeFlags(flags *flag.FlagSet, l *life.Settings) {
	number := func(into *int, name, usage string) { flags.IntVar(into, name, *into, usage) }
	share := func(into *float64, name, usage string) { flags.Float64Var(into, name, *into, usage) }
	lasts := func(into *time.Duration, name, usage string) { flags.DurationVar(into, name, *into, usage) }
	text := func(into *string, name, usage string) { flags.StringVar(into, name, *into, usage) }
	onOff := func(into *bool, name, usage string) { flags.BoolVar(into, name, *into, usage) }
	number(&l.RateFrom, "rate-from", "the `number` of messages of a template that must have arrived before blocks, reports and opt-outs give it a quality (default no quality)")
	share(&l.YellowAt, "yellow-at", "the `share` of messages that people took badly from which on a template is YELLOW")
	share(&l.RedAt, "red-at", "the `share` of messages that people took badly from which on a template is RED")
	share(&l.UnreadAt, "unread-at", "the `share` of messages that nobody read within a day from which on the quality is one step worse (default it does not count)")
	onOff(&l.NoPauses, "no-pauses", "templates of the quality RED are not paused")
	given := false
	flags.Func("pause", "the `duration` of the first pause of a template, then of the second and so on, after which it is disabled; can be repeated (default 3h, 6h)", func(value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return errors.New("want a time above 0, like 3h")
		}
		if !given {
			l.Pauses, given = nil, true
		}
		l.Pauses = append(l.Pauses, d)
		return nil
	})
	text(&l.UnpauseEvent, "unpause-event", "the event in the webhook at the end of a pause: a `word`, which is APPROVED or REINSTATED")
	number(&l.PaceFrom, "pace-from", "the `number` of messages of a template which is not GREEN that go out before the next are held (default none is held)")
	lasts(&l.PaceHold, "pace-hold", "the `duration` for which they are held")
	text(&l.Tier, "messaging-limit", "how many people the business may write to outside of a window in 24 hours (131048): a `word`, such as TIER_250 or TIER_2K")
	number(&l.TierUsers, "messaging-limit-users", "the `number` of those people, if it is not that of -messaging-limit (default that)")
	onOff(&l.TierRefuses, "messaging-limit-refuses", "a message beyond that limit is refused, not taken and failed")
	text(&l.Portfolio, "portfolio", "the `name` of the portfolio; businesses with the same one share the limit (default each has its own)")
	number(&l.Cap, "marketing-cap", "the `number` of marketing templates that a person gets in -marketing-cap-time outside of a window (131049) (default no cap)")
	lasts(&l.CapTime, "marketing-cap-time", "the `duration` for which the cap counts")
	onOff(&l.IgnoreStops, "ignore-stops", "marketing templates also reach people who stopped marketing messages (131050)")
}
