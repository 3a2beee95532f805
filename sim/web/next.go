package web

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/event"
	"wappasim/sim/duration"
	"wappasim/sim/internal/inside"
	"wappasim/sim/trace"
)

// farthestNext is how far the next event is looked for.
const farthestNext = 24 * time.Hour

// longestAnswer is how long the end of a key waits for what the bot says then.
const longestAnswer = time.Second

// toNext moves time to the next event. If there is none, time stays: a bot that asks Redis all
// day whether there is work would fill the trace, and the day would be gone.
func (s *Server) toNext() error {
	most := farthestNext
	if at, _ := s.world.Next(); !at.IsZero() && at.Sub(s.world.Now()) <= farthestNext {
		most = at.Sub(s.world.Now())
	} else if happens, err := s.lookAhead(); err != nil || !happens {
		if err != nil {
			return conflict("web: look for the next event: %v; the time of this world stays where it is", err)
		}
		return conflict("web: nothing is due within %s: no key of Redis expires that the bot is told of, and neither the bot nor WhatsApp does anything by itself; the time stays where it is", duration.Format(farthestNext))
	}
	before, said := s.world.Trace().Len(), len(s.world.Sent())
	happens, err := s.passTo(most, s.mostEvents(), inside.Next)
	if !slices.ContainsFunc(s.world.Trace().From(before).Next(s.cfg.MaxEvents, s.world.Trace().Len()), func(e trace.Event) bool { return e.What == trace.Expires }) {
		return err
	}
	// Redis can be a moment before the bot's own clock, and an answer takes its time.
	for end := s.world.Now().Add(longestAnswer); err == nil && happens && len(s.world.Sent()) == said && s.world.Now().Before(end); {
		happens, err = inside.Next(s.world, end.Sub(s.world.Now()))
	}
	return err
}

// lookAhead tells whether something happens by itself within farthestNext. Nobody can ask a bot
// about its timers, and no world goes back: a second world takes the same steps and goes on.
func (s *Server) lookAhead() (happens bool, err error) {
	other := &Server{cfg: s.cfg, feed: newFeed(), clock: newPacer(s.passReal), life: s.life}
	if err := other.anew(s.seed, s.steps); err != nil {
		return false, err
	}
	defer other.end()
	if now := s.world.Now(); now.After(other.world.Now()) {
		if err := other.pass(now.Sub(other.world.Now()), math.MaxInt); err != nil {
			return false, err
		}
	}
	return other.passTo(farthestNext, other.mostEvents(), inside.Next)
}

// scheduled is something that will happen.
type scheduled struct {
	event.Due
	Told bool `json:"told,omitempty"` // to the bot, when it happens
}

// listScheduled answers with what is scheduled, as far as the world knows.
func (s *Server) listScheduled(*request) (any, error) {
	if s.world == nil {
		return nil, s.noWorld()
	}
	now, all := s.world.Now(), []scheduled{}
	add := func(told bool, due ...event.Due) {
		for _, d := range due {
			all = append(all, scheduled{d, told})
		}
	}
	err := inside.Do(s.world, "WhatsApp's clock", func(wa *fakewa.Server) error {
		add(false, wa.Config().Clock.Scheduled()...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	_, next := s.world.Next() // whose database is one that the bot listens to
	listens, _, _ := strings.Cut(next, " ")
	for _, k := range s.world.Keys() {
		if k.TTL > 0 {
			add(strconv.Itoa(k.DB) == listens, event.Due{At: now.Add(k.TTL), What: "key expires", Text: fmt.Sprintf("%d %s", k.DB, k.Name)})
		}
	}
	for _, f := range inside.Active(s.world) {
		if !f.Until.IsZero() {
			add(false, event.Due{At: f.Until, What: "fault ends", Text: f.Sentence})
		}
	}
	slices.SortStableFunc(all, func(a, b scheduled) int { return a.At.Compare(b.At) })
	return map[string]any{"now": now, "scheduled": all}, nil
}
