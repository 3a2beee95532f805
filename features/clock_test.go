package features_test

import (
	"slices"
	"testing"

	"wappasim/sim/wallclock"
)

// TestTimeIsInjected keeps the wall clock out of the bot: all its time is Config.Clock,
// which its tests move and worlds let jump.
func TestTimeIsInjected(t *testing.T) {
	wallclock.Refuse(t, "../bot", slices.Concat(wallclock.Reads, wallclock.Waits), map[string]string{
		"Config.complete": "without a Clock the bot has the wall clock",
		"outOfTime":       "a context's deadline is by the machine's own clock, which does not jump",
		"Start":           "redistest waits for a real redis-server to start",
		"answers":         "redistest waits for a real redis-server to answer",
	})
}
