package control

import (
	"errors"
	"net/http"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/life"
)

// lifeSettings are life.Settings in JSON, with their times in words.
type lifeSettings struct {
	life.Settings
	Pauses   []duration `json:"pauses"`
	PaceHold duration   `json:"pace_hold"`
	CapTime  duration   `json:"marketing_cap_time"`
}

func inWords(s life.Settings) lifeSettings {
	words := lifeSettings{Settings: s, PaceHold: duration(s.PaceHold), CapTime: duration(s.CapTime)}
	for _, d := range s.Pauses {
		words.Pauses = append(words.Pauses, duration(d))
	}
	return words
}

func (s lifeSettings) settings() life.Settings {
	set := s.Settings
	set.Pauses, set.PaceHold, set.CapTime = nil, time.Duration(s.PaceHold), time.Duration(s.CapTime)
	for _, d := range s.Pauses {
		set.Pauses = append(set.Pauses, time.Duration(d))
	}
	return set
}

func getLife(s *fakewa.Server, _ *http.Request) (any, error) { return s.Life.State(), nil }

// changeLife sets the limit of people.
func changeLife(s *fakewa.Server, r *http.Request) (any, error) {
	const example = `{"messaging_limit_tier":"TIER_2K"}`
	var body struct {
		Tier string `json:"messaging_limit_tier"`
	}
	if err := readBody(r, &body, example); err != nil {
		return nil, err
	}
	if body.Tier == "" {
		return nil, errors.New("fakewa: messaging_limit_tier is missing: want a body like " + example)
	}
	if err := s.Life.SetTier(body.Tier); err != nil {
		return nil, err
	}
	return s.Life.State(), nil
}

func reportBusiness(s *fakewa.Server, r *http.Request) (any, error) {
	return success, s.Life.Report(r.PathValue("user"))
}

// prefer has a user stop or resume marketing messages.
func prefer(s *fakewa.Server, r *http.Request) (any, error) {
	var body struct {
		Marketing string `json:"marketing"`
	}
	if err := readBody(r, &body, `{"marketing":"stop"}`); err != nil {
		return nil, err
	}
	return success, s.Life.Prefer(r.PathValue("user"), body.Marketing)
}
