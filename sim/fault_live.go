package sim

import (
	"time"

	"wappasim/fakewa"
)

// Live returns what a [fakewa.Server] gets that a bot outside of any world talks
// to, and how long the fault lasts (0: until it is removed). If the fault needs a
// world, Live returns the reason.
func (f Fault) Live() (fault fakewa.Fault, lasts time.Duration, why string) {
	row := f.row()
	switch {
	case row == nil:
		return fakewa.Fault{}, 0, "is no fault"
	case row.api == nil:
		return fakewa.Fault{}, 0, row.needsWorld
	}
	return row.api(f), f.For, ""
}
