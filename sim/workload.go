package sim

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"wappasim/fakewa"
)

// Workload is what may happen in a run. The seed decides what does: who writes, when
// and what goes wrong. Each run has its own part of the fault; fault that
// never meets other fault is the better for it.
type Workload struct {
	Users    int           // default 3
	Events   int           // what people write and what goes wrong; default 20
	Replicas int           // of the bot; default 2
	Faults   []FaultKind   // what may go wrong; default nothing
	Longest  time.Duration // pause between two events; shorter ones are likelier; default 20 s
	Settle   time.Duration // from the healing of all faults to the end of the run; default 5 min
	Latency  time.Duration // see [Latency]; default 5 ms

	// Write returns what somebody writes. Default: a text unlike any other.
	Write func(r *rand.Rand) fakewa.Content

	// Keep is a file of seeds that failed; they are tried first. Default: none.
	SeedFile string

	// Replay is the command that replays a seed, with %d for it. Default: that of
	// the test which explores.
	Replay string

	// Every makes an exploration go on after a failure, and collect the first
	// one of each property.
	KeepGoing bool
}

func (s Workload) complete() (Workload, error) {
	s.Users = cmp.Or(s.Users, 3)
	s.Events = cmp.Or(s.Events, 20)
	s.Replicas = cmp.Or(s.Replicas, 2)
	s.Longest = cmp.Or(s.Longest, 20*time.Second)
	s.Settle = cmp.Or(s.Settle, 5*time.Minute)
	s.Latency = cmp.Or(s.Latency, 5*time.Millisecond)
	if s.Users < 1 || s.Events < 1 || s.Replicas < 1 || s.Longest < 0 || s.Settle < 0 || s.Latency < 0 {
		return s, errors.New("sim: a workload has at least one user, event and replica, and no time runs backwards")
	}
	if _, err := namedSeed(); err != nil {
		return s, err
	}
	for _, k := range s.Faults {
		if _, ok := s.draw(k, rand.New(rand.NewPCG(0, 0))); !ok {
			return s, fmt.Errorf("sim: a workload cannot draw fault of the kind %q", k)
		}
	}
	return s, nil
}
