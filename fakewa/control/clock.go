package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"wappasim/fakewa"
)

// clockOf returns the clock that all businesses share.
func clockOf(p *fakewa.Platform) *fakewa.Clock { return p.First().Config().Clock }

// mostScheduled is how many of the things that are due the clock's answer lists.
const mostScheduled = 100

func getClock(p *fakewa.Platform, _ *http.Request) (any, error) {
	clock := clockOf(p)
	due := clock.Scheduled()
	return map[string]any{"now": timestamp(clock.Now()), "scheduled": due[:min(len(due), mostScheduled)]}, nil
}

// longestAdvance is how long moving the clock may take, by the machine's clock.
const longestAdvance = time.Minute

func moveClock(p *fakewa.Platform, r *http.Request) (any, error) {
	const example = `{"advance":"24h1s"} or {"to":"2026-01-06T09:00:00Z"} or {"to":"next"}`
	var body struct {
		Advance *duration `json:"advance"`
		To      *string   `json:"to"`
	}
	if err := readBody(r, &body, example); err != nil {
		return nil, err
	}
	if (body.Advance == nil) == (body.To == nil) {
		return nil, errors.New("fakewa: move the clock: want either advance or to, like " + example)
	}
	ctx, cancel := context.WithTimeout(r.Context(), longestAdvance)
	defer cancel()
	clock, by := clockOf(p), time.Duration(0)
	var err error
	switch {
	case body.To == nil:
		by = time.Duration(*body.Advance)
	case *body.To == "next":
		if err = clock.Advance(ctx, 0); err == nil { // and what goes on now has been done
			due := clock.Scheduled()
			if len(due) == 0 {
				return nil, &statusError{http.StatusConflict, errors.New("fakewa: move the clock to what is due next: nothing is")}
			}
			by = max(0, due[0].At.Sub(clock.Now()))
		}
	default:
		to, wrong := time.Parse(time.RFC3339, *body.To)
		if wrong != nil {
			return nil, fmt.Errorf("fakewa: move the clock: \"to\" is %q: want a time, like %s", *body.To, example)
		}
		by = to.Sub(clock.Now())
	}
	if err == nil {
		err = clock.Advance(ctx, by)
	}
	if ctx.Err() != nil {
		return nil, &statusError{http.StatusRequestTimeout, fmt.Errorf("fakewa: move the clock: after %s of real time it is at %s: the bot answers slowly, or webhooks that it does not acknowledge are redelivered very often (see GET webhooks)", longestAdvance, timestamp(clock.Now()))}
	}
	if err != nil {
		return nil, err
	}
	return getClock(p, r)
}
