package sim

import (
	"fmt"
	"iter"
)

// Check plays a workload twice for each seed. It fails where the two traces part: then
// something in the bot depends on more than the seed, like a map's order or a random
// number. A run that does not come to its end is an error too.
func Check(f Factory, seeds iter.Seq[uint64], s Workload) error {
	s, err := s.complete()
	if err != nil {
		return err
	}
	for seed := range seeds {
		first, second := s.play(f, seed, s.drawn(seed)), s.play(f, seed, s.drawn(seed))
		if first.err != nil {
			return fmt.Errorf("sim: seed %d: %w", seed, first.err)
		}
		if diff := first.trace.Diff(second.trace); diff != "" {
			return fmt.Errorf("sim: seed %d is not the same twice:\n%s", seed, diff)
		}
	}
	return nil
}
