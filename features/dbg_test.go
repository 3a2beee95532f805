package features_test

import (
	"fmt"
	"os"
	"testing"

	"wappasim/features"
	"wappasim/sim"
)

func TestDbg(t *testing.T) {
	var seed uint64
	fmt.Sscan(os.Getenv("DBG"), &seed)
	f := features.Bot(nil)
	if os.Getenv("PLANTED") != "" {
		f = newPlanted(none)
	}
	a, b := sim.PlayTwice(f, sim.Story{Trouble: sim.AllTrouble}, seed)
	fa, _ := os.Create("/tmp/a.txt")
	a.WriteTo(fa)
	fb, _ := os.Create("/tmp/b.txt")
	b.WriteTo(fb)
}
