package fakewa

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

func (p *Platform) controlTime(*http.Request) (any, error) {
	return map[string]string{"now": p.clock.Now().Format(milliseconds)}, nil
}

// longestAdvance is how long moving the clock may take, by the machine's clock.
const longestAdvance = time.Minute

func (p *Platform) controlClock(r *http.Request) (any, error) {
	const example = `{"advance":"24h1s"} or {"to":"2026-01-06T09:00:00Z"}`
	var body struct {
		Advance *duration  `json:"advance"`
		To      *time.Time `json:"to"`
	}
	if err := read(r, &body, example); err != nil {
		return nil, err
	}
	if (body.Advance == nil) == (body.To == nil) {
		return nil, errors.New("fakewa: want one of advance and to, like " + example)
	}
	by := time.Duration(0)
	if body.To != nil {
		by = body.To.Sub(p.clock.Now())
	} else {
		by = time.Duration(*body.Advance)
	}
	ctx, cancel := context.WithTimeout(r.Context(), longestAdvance)
	defer cancel()
	err := p.clock.Advance(ctx, by)
	if ctx.Err() != nil {
		return nil, &problem{http.StatusRequestTimeout, fmt.Errorf("fakewa: after %s of real time the clock is at %s: the bot is slow to answer, or webhooks that it does not acknowledge come again and again (see GET webhooks)", longestAdvance, p.clock.Now().Format(milliseconds))}
	}
	if err != nil {
		return nil, err
	}
	return p.controlTime(r)
}

func (p *Platform) controlBusinesses(*http.Request) (any, error) {
	businesses := []any{}
	for _, s := range p.Businesses() {
		businesses = append(businesses, s.business())
	}
	return map[string]any{"businesses": businesses}, nil
}

// business is what a test needs to know of one. It has no secret.
func (s *Server) business() map[string]string {
	return map[string]string{
		"business_id": s.cfg.BusinessID, "phone_number_id": s.cfg.PhoneNumberID, "app_id": s.cfg.AppID,
		"display_phone_number": s.cfg.DisplayNumber, "webhook": s.WebhookURL(),
	}
}

func (p *Platform) controlAdd(r *http.Request) (any, error) {
	body := configObject{Config: p.First().cfg}
	body.Recipients = slices.Clone(body.Recipients) // which the decoder writes into
	body.Redeliver = duration(body.Config.Redeliver)
	if err := read(r, &body, `{"business_id":"1","phone_number_id":"2","webhook":"http://127.0.0.1:8000/webhook"}`); err != nil {
		return nil, err
	}
	body.Config.Redeliver = time.Duration(body.Redeliver)
	s, err := p.Add(body.Config)
	if err != nil {
		return nil, err
	}
	return created{s.business()}, nil
}

func (p *Platform) controlRemove(r *http.Request) (any, error) {
	business := r.PathValue("business")
	if p.Business(business) == nil {
		return nil, &problem{http.StatusNotFound, fmt.Errorf("fakewa: there is no business with the id %q", business)}
	}
	return success, p.Remove(business)
}
