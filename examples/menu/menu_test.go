package menu

import (
	"testing"
	"time"

	"wappasim/examples/internal/explore"
	"wappasim/sim"
)

// planted returns a factory of the bot; change may make it worse.
func planted(change func(*Bot)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		b := New(explore.Account(env), env.Redis.Simple(), env.Logger)
		if change != nil {
			change(b)
		}
		return b, nil
	}
}

var workload = sim.Workload{Faults: sim.AllFaults, Settle: 15 * time.Minute}

func TestExplore(t *testing.T) {
	explore.Clean(t, planted(nil), workload, sim.AnyBot()...)
}
