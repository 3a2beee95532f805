package cmd_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wappasim/cmd/internal/stacktest"
)

var (
	soakTime = flag.Duration("soak", 0, "how long TestSoak loads the bots; default 30 s in a full run, and no soak in a quick one")
	soakSeed = flag.Uint64("soak.seed", 0, "of TestSoak's chance; 0: another one each time")
	soakRate = flag.Int("soak.rate", 250, "messages per second that TestSoak's users try to send")
)

const (
	soakReplicas = 4
	soakFault    = 5 * time.Second  // between two kills or freezes
	soakFreeze   = 25 * time.Second // the longest one
	soakInFlight = 4000             // webhooks at a time; then users wait
	soakEnd      = 90 * time.Second // what the test needs after the load, if -timeout is near
)

// soak is a fleet under load and under random faults.
type soak struct {
	*stacktest.Fleet
	kills, freezes, delivered atomic.Int64

	mu     sync.Mutex
	random *rand.Rand   // guarded by mu
	busy   map[int]bool // replicas that have a fault; guarded by mu
}

// TestSoak has many users talk to four replicas, of which one is killed or frozen
// every five seconds, and wants the ledger balanced.
//
//	go test ./cmd -run '^TestSoak$' -v -soak 10m -timeout 20m
func TestSoak(t *testing.T) {
	length := *soakTime
	if length == 0 && !stacktest.Full {
		t.Skip("-soak 30s or WAPPASIM_TESTS=full runs it")
	} else if length == 0 {
		length = 30 * time.Second
	}
	t.Parallel()
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	if deadline, ok := t.Deadline(); ok {
		length = min(length, time.Until(deadline)-soakEnd)
	}
	if length <= 0 {
		t.Fatalf("-timeout leaves no time for a soak: want %s more than -soak", soakEnd)
	}
	t.Logf("-soak.seed %d, load for %s", seed, length.Round(time.Second))
	s := &soak{random: rand.New(rand.NewPCG(seed, 0)), busy: make(map[int]bool), Fleet: stacktest.NewFleet(t, stacktest.FleetConfig{
		Redis: stacktest.StartRedis(t, "--appendonly", "yes", "--appendfsync", "everysec"), Replicas: soakReplicas,
		Users: *soakRate * 13 / 10, // each writes 0.77 messages per second
		Seed:  seed, Silence: 2 * time.Second,
	})}
	s.Start()
	end := time.Now().Add(length)
	inFlight := make(chan struct{}, soakInFlight)
	var talking sync.WaitGroup
	for n := range s.Users {
		random := rand.New(rand.NewPCG(seed, uint64(2+n)))
		talking.Go(func() { s.talk(n, random, inFlight, end) })
	}
	talked := make(chan struct{})
	go func() {
		talking.Wait()
		close(talked)
	}()
	faults := time.NewTicker(soakFault)
	defer faults.Stop()
	for began, talks := time.Now(), true; talks; {
		select {
		case <-faults.C:
			s.fault(end)
			t.Logf("%3.0fs: %d messages delivered, %d under way, %d kills, %d freezes", time.Since(began).Seconds(), s.delivered.Load(), len(inFlight), s.kills.Load(), s.freezes.Load())
		case <-talked:
			talks = false
		}
	}
	b := s.Settle()
	t.Logf("soak: seed %d, %s of load, %d users, %.0f messages/s, messages %d, acknowledged %d, histories %d, kills %d, freezes %d, lost %d, doubled %d, allowed duplicates %d",
		seed, length.Round(time.Second), s.Users, float64(b.Messages)/length.Seconds(), b.Messages, b.Acknowledged, b.Histories, s.kills.Load(), s.freezes.Load(), len(b.Lost), len(b.Doubled), len(b.Allowed))
	if length >= 4*soakFault && s.kills.Load()+s.freezes.Load() == 0 {
		t.Error("no replica had a fault")
	}
}

// talk has a user talk and fall silent by turns, even if the bots do not keep up.
func (s *soak) talk(user int, random *rand.Rand, inFlight chan struct{}, end time.Time) {
	time.Sleep(stacktest.UpTo(random, min(9*time.Second, time.Until(end))))
	for n := 0; ; {
		for range 3 + random.IntN(10) {
			if time.Now().After(end) {
				return
			}
			inFlight <- struct{}{}
			text := fmt.Sprintf("u%d m%d", user, n)
			s.Beside(func() {
				defer func() { <-inFlight }()
				s.Say(s.User(user), text)
				s.delivered.Add(1)
			})
			n++
			time.Sleep(100*time.Millisecond + stacktest.UpTo(random, 800*time.Millisecond))
		}
		time.Sleep(3*time.Second + stacktest.UpTo(random, 6*time.Second))
	}
}

// fault kills or freezes one of the replicas that have no fault, and heals it later; at
// the end of the load at the latest. One is always left.
func (s *soak) fault(end time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var well []*stacktest.Replica
	for _, r := range s.Bots {
		if !s.busy[r.N] {
			well = append(well, r)
		}
	}
	if len(well) < 2 || time.Now().After(end) {
		return
	}
	r := well[s.random.IntN(len(well))]
	kill, wait := s.random.IntN(2) == 0, stacktest.UpTo(s.random, soakFreeze)
	s.busy[r.N] = true
	s.Beside(func() {
		if kill {
			r.Kill()
			s.kills.Add(1)
			r.Start()
		} else {
			thaw := r.Freeze()
			s.freezes.Add(1)
			time.Sleep(min(wait, time.Until(end)))
			thaw()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, r.N)
	})
}
