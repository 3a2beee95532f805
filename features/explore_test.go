package features_test

import (
	"testing"
	"time"

	"wappasim/features"
	"wappasim/sim"
)

// TestExplore plays 500 stories with the trouble that the bot withstands.
func TestExplore(t *testing.T) {
	story := sim.Story{Trouble: features.Withstood, Keep: "testdata/explore.seeds"}
	report, err := sim.Explore(features.Bot(nil), sim.Seeds(500), story, features.Promises(15*time.Second, "wappa:seen:")...)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report)
}
