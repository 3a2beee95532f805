package model_test

import (
	"testing"
	"time"

	"wappasim/sim"
)

// TestABotWithAModelIsTheSameTwice plays the bot of the example with all faults: a model is
// made anew for each run, and streams in virtual time.
func TestABotWithAModelIsTheSameTwice(t *testing.T) {
	asking := sim.Workload{Settle: 2 * time.Minute, Faults: sim.AllFaults, Options: []sim.Option{sim.FreshService("https://api.openai.com", quoting)}}
	if err := sim.Check(newHelper, sim.Seeds(20), asking); err != nil {
		t.Error(err)
	}
}
