package life_test

import (
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/life"
)

func TestWrongSettingsAreNamed(t *testing.T) {
	for want, set := range map[string]life.Settings{
		"RateFrom is -1":             {RateFrom: -1},
		"PaceFrom is -2":             {PaceFrom: -2},
		"TierUsers is -3":            {TierUsers: -3},
		"Cap is -4":                  {Cap: -4},
		"RedAt is 2; want a share":   {RedAt: 2},
		"YellowAt is 0.5 and RedAt":  {YellowAt: 0.5},
		"UnreadAt is -1":             {UnreadAt: -1},
		"-1h0m0s is one of Pauses":   {Pauses: []time.Duration{-time.Hour}},
		"-1s is one of Pauses":       {PaceHold: -time.Second},
		`UnpauseEvent is "UNPAUSED"`: {UnpauseEvent: "UNPAUSED"},
		`the tier is "250"`:          {Tier: "250"},
	} {
		err := fakewa.Config{Life: set}.Check()
		if err == nil || !strings.Contains(err.Error(), "fakewa: Life: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
	for _, set := range []life.Settings{{}, {Tier: "TIER_250", Portfolio: "shop", Cap: 1, PaceFrom: 1, RateFrom: 1}} {
		if err := (fakewa.Config{Life: set}).Check(); err != nil {
			t.Error(err)
		}
	}
	wrong := fakewa.Config{Templates: []fakewa.Template{{Name: "a", Language: "en", Category: "UTILITY", Components: body, Quality: "BLUE"}}}
	if err := wrong.Check(); err == nil || !strings.Contains(err.Error(), `the quality is "BLUE"`) {
		t.Errorf("got %v", err)
	}
}
