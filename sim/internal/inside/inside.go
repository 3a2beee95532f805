// Package inside is how packages below sim do in a world what package sim has no method for.
package inside

import (
	"wappasim/fakewa"
	"wappasim/sim/recording"
)

// Do runs f in the bubble of a world, a *sim.World, with its WhatsApp, and lets time pass until
// f returns; what says for what, if that takes too long. It returns the error of f. Package sim
// sets it.
var Do func(world any, what string, f func(*fakewa.Server) error) error

// Record has a world, a *sim.World, note from now on what is in its Redis, and returns the notes.
// Package sim sets it.
var Record func(world any) *recording.Keys

// Recorded returns a recording of what has happened in a world so far, a *sim.World, with people's
// names and no title. Package sim sets it.
var Recorded func(world any, keys *recording.Keys) recording.Recording
