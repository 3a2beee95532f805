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

func getClock(p *fakewa.Platform, _ *http.Request) (any, error) {
	return map[string]string{"now": timestamp(clockOf(p).Now())}, nil
}

// longestAdvance is how long moving the clock may take, by the machine's clock.
const longestAdvance = time.Minute

func moveClock(p *fakewa.Platform, r *http.Request) (any, error) {
	const example = `{"advance":"24h1s"} or {"to":"2026-01-06T09:00:00Z"}`
	var body struct {
		Advance *duration  `json:"advance"`
		To      *time.Time `json:"to"`
	}
	if err := readBody(r, &body, example); err != nil {
		return nil, err
	}
	if (body.Advance == nil) == (body.To == nil) {
		return nil, errors.New("fakewa: move the clock: want either advance or to, like " + example)
	}
	clock, by := clockOf(p), time.Duration(0)
	if body.To != nil {
		by = body.To.Sub(clock.Now())
	} else {
		by = time.Duration(*body.Advance)
	}
	ctx, cancel := context.WithTimeout(r.Context(), longestAdvance)
	defer cancel()
	err := clock.Advance(ctx, by)
	if ctx.Err() != nil {
		return nil, &statusError{http.StatusRequestTimeout, fmt.Errorf("fakewa: move the clock: after %s of real time it is at %s: the bot answers slowly, or webhooks that it does not acknowledge are redelivered very often (see GET webhooks)", longestAdvance, timestamp(clock.Now()))}
	}
	if err != nil {
		return nil, err
	}
	return getClock(p, r)
}
