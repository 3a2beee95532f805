package sim

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"wappasim/sim/dialogue"
	"wappasim/sim/people"
)

// Workload is what may happen in a run. The seed decides what does happen: who
// acts, when, and what goes wrong. Each run has about half of the kinds of faults, so
// that each kind also occurs without the others.
type Workload struct {
	Users    int           // people who use the bot; default 3
	Events   int           // what people do and faults together; default 20
	Replicas int           // of the bot; default 2
	Faults   []FaultKind   // what may go wrong; default nothing. Those of services count only if Options have any
	Longest  time.Duration // pause between two events; shorter ones are likelier; default 20 s
	Settle   time.Duration // from the healing of all faults to the end of the run; default 5 min
	Latency  time.Duration // see [Latency]; default 5 ms

	// People are who they are, in turn if there are fewer than Users. Default:
	// [people.Anybody].
	People []people.Person

	// Options are those of each run's world: services, templates, when it begins. Those
	// that the workload itself sets (the seed, replicas, latency) come first.
	Options []Option

	// Rules replace what differs from run to run in what the bot says, for [Report.Map].
	// Default: [dialogue.Rules].
	Rules []dialogue.Rule

	// SeedFile holds seeds that failed; they are tried first, and new ones are added.
	// Default: none.
	SeedFile string

	// Replay is the command that replays a seed, with %d for it. Default: that of
	// the test which explores.
	Replay string

	// Out is a folder that gets one for each failure: a recording, the trace, the steps as a scenario and
	// as a Go test, and the conversation. Default: that in the environment variable
	// SIM_OUT; without it, nothing is written.
	Out string

	// Progress is called about every second of real time with what was found so far. Failures
	// have no Steps yet. Default: it is not called.
	Progress func(Report)

	// KeepGoing makes an exploration go on after a failure, and collect the first
	// failure of each property. Default: it stops at the first failure.
	KeepGoing bool

	services []string // their names, as Options have them
}

func (s Workload) complete() (Workload, error) {
	if s.People == nil {
		s.People = []people.Person{people.Anybody}
	}
	s.Users = cmp.Or(s.Users, 3)
	s.Events = cmp.Or(s.Events, 20)
	s.Replicas = cmp.Or(s.Replicas, 2)
	s.Longest = cmp.Or(s.Longest, 20*time.Second)
	s.Settle = cmp.Or(s.Settle, 5*time.Minute)
	s.Latency = cmp.Or(s.Latency, 5*time.Millisecond)
	if s.Users < 1 || s.Events < 1 || s.Replicas < 1 || s.Longest < 0 || s.Settle < 0 || s.Latency < 0 {
		return s, errors.New("sim: a workload: want at least one user, event and replica, and no negative time")
	}
	if _, err := namedSeed(); err != nil {
		return s, err
	}
	var o options
	for _, opt := range s.Options {
		opt(&o)
	}
	for _, service := range o.services {
		s.services = append(s.services, service.name)
	}
	for _, k := range s.Faults {
		if _, ok := s.draw(k, rand.New(rand.NewPCG(0, 0))); !ok {
			return s, fmt.Errorf("sim: a workload cannot have faults of the kind %q: want some of %q", k, AllFaults)
		}
	}
	return s, nil
}
