package features_test

import (
	"fmt"
	"testing"
	"time"

	"wappasim/features"
	"wappasim/sim"
)

func TestCheck(t *testing.T) {
	for name, f := range map[string]sim.Factory{"bot": features.Bot(nil), "planted": newPlanted(none)} {
		for i := range 400 {
			start := time.Now()
			err := sim.Check(f, func(yield func(uint64) bool) { yield(uint64(i)) }, sim.Story{Trouble: sim.AllTrouble})
			if d := time.Since(start); d > 300*time.Millisecond {
				fmt.Println(name, i, d)
			}
			if err != nil {
				t.Error(name, err)
				break
			}
		}
	}
}
