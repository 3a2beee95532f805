package sim

import (
	"fmt"
	"iter"
	"os"
	"strconv"

	"wappasim/sim/internal/stacks"
)

// seedVariable is the environment variable that replays one seed.
const seedVariable = "SIM_SEED"

// Seeds returns the seeds from 1 to n, or only the one in the environment variable
// SIM_SEED, which replays a failure. Explore and Check refuse a SIM_SEED that is not
// a number.
func Seeds(n uint64) iter.Seq[uint64] {
	first, last := uint64(1), n
	if seed, err := namedSeed(); err == nil && seed != nil {
		first, last = *seed, *seed
	}
	return func(yield func(uint64) bool) {
		for seed := first; seed <= last && seed >= first; seed++ {
			if !yield(seed) {
				return
			}
		}
	}
}

// namedSeed returns the seed in the environment; nil: there is none.
func namedSeed() (*uint64, error) {
	text := os.Getenv(seedVariable)
	if text == "" {
		return nil, nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("sim: %s is %q: want the number of a seed", seedVariable, text)
	}
	return &seed, nil
}

// replayCommand returns the command that replays a seed of the test that runs, with %d for
// the seed.
func replayCommand() string {
	pkg, test, ok := stacks.RunningTest()
	if !ok {
		return seedVariable + "=%d, where sim.Seeds chooses them"
	}
	return fmt.Sprintf("%s=%%d go test -count=1 -run '^%s$' %s", seedVariable, test, pkg)
}
