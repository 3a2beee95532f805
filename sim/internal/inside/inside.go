// Package inside is how packages below sim do in a world, a *sim.World, what package sim has no
// method for. Package sim sets its functions.
package inside

import (
	"time"

	"wappasim/fakewa"
	"wappasim/sim/recording"
)

// Do runs f in the bubble of a world with its WhatsApp, and lets time pass until f returns;
// what says for what, if that takes too long. It returns the error of f.
var Do func(world any, what string, f func(*fakewa.Server) error) error

// Platform returns the platform of a world's WhatsApp, which must be used within Do.
var Platform func(world any) *fakewa.Platform

// Send has people send messages in one webhook. It must be called within Do. It returns an id
// for each, or "" while a fault holds them.
var Send func(world any, batch []fakewa.Inbound) (ids []string, answer fakewa.Answer, err error)

// Next lets time pass until something happens that the trace tells, other than a Redis command.
// It tells whether something did within most.
var Next func(world any, most time.Duration) (happens bool, err error)

// Fault is a fault that is active.
type Fault struct {
	Sentence string    // what is left of it
	Until    time.Time // zero: until all faults heal, or it has happened as often as it should
}

// Active returns the faults of a world that are active.
var Active func(world any) []Fault

// Record has a world note from now on what is in its Redis, and returns the notes.
var Record func(world any) *recording.Keys

// Recorded returns a recording of what has happened in a world so far, with people's
// names and no title.
var Recorded func(world any, keys *recording.Keys) recording.Recording
