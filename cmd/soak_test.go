package cmd_test

import (
	"flag"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	soakTime = flag.Duration("soak", defaultSoak, "how long TestSoak loads the bots")
	soakSeed = flag.Uint64("soak.seed", 0, "of TestSoak's chance; 0: another one each time")
	soakRate = flag.Int("soak.rate", 250, "messages per second that TestSoak's users try to send")
)

const (
	defaultSoak  = 30 * time.Second
	soakReplicas = 4
	soakTrouble  = 5 * time.Second  // between two kills or freezes
	soakFreeze   = 25 * time.Second // the longest one
	soakInFlight = 4000             // webhooks at a time; then users wait
	soakEnd      = 90 * time.Second // what the test needs after the load, if -timeout is near
)

// soak is a fleet under load and under random trouble.
type soak struct {
	*fleet
	kills, freezes, brought atomic.Int64

	mu     sync.Mutex
	random *rand.Rand   // guarded by mu
	busy   map[int]bool // replicas that are in trouble; guarded by mu
}

// TestSoak has many users talk to four replicas, of which one is killed or frozen
// every five seconds, and wants the ledger balanced.
//
//	go test ./cmd -run '^TestSoak$' -v -soak 10m -timeout 20m
func TestSoak(t *testing.T) {
	if !full && *soakTime == defaultSoak {
		t.Skip("WAPPASIM_TESTS=full or -soak runs it")
	}
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	length := *soakTime
	if deadline, ok := t.Deadline(); ok {
		length = min(length, time.Until(deadline)-soakEnd)
	}
	if length <= 0 {
		t.Fatalf("-timeout leaves no time for a soak: want %s more than -soak", soakEnd)
	}
	t.Logf("-soak.seed %d, load for %s of %s", seed, length.Round(time.Second), *soakTime)
	server := startRedis(t, "--appendonly", "yes", "--appendfsync", "everysec")
	s := &soak{fleet: newFleet(t, server, soakReplicas, false), random: rand.New(rand.NewPCG(seed, 0)), busy: make(map[int]bool)}
	s.fleet.random = rand.New(rand.NewPCG(seed, 1))
	s.start()
	end := time.Now().Add(length)
	users := *soakRate * 13 / 10 // each says 0.77 messages per second
	inFlight := make(chan struct{}, soakInFlight)
	var talking sync.WaitGroup
	for user := range users {
		random := rand.New(rand.NewPCG(seed, uint64(2+user)))
		talking.Go(func() { s.talk(user, random, inFlight, end) })
	}
	talked := make(chan struct{})
	go func() {
		talking.Wait()
		close(talked)
	}()
	trouble := time.NewTicker(soakTrouble)
	defer trouble.Stop()
	for began := time.Now(); ; {
		select {
		case <-trouble.C:
			s.trouble(end)
			t.Logf("%3.0fs: %d messages brought, %d under way, %d kills, %d freezes", time.Since(began).Seconds(), s.brought.Load(), len(inFlight), s.kills.Load(), s.freezes.Load())
			continue
		case <-talked:
		}
		break
	}
	loaded := length
	b := s.settle()
	t.Logf("soak: seed %d, %s of load, %d users, %.0f messages/s, messages %d, acknowledged %d, histories %d, kills %d, freezes %d, lost %d, doubled %d, allowed duplicates %d",
		seed, loaded.Round(time.Second), users, float64(b.messages)/loaded.Seconds(), b.messages, b.acknowledged, b.histories, s.kills.Load(), s.freezes.Load(), len(b.lost), len(b.doubled), len(b.allowed))
	if length >= 4*soakTrouble && s.kills.Load()+s.freezes.Load() == 0 {
		t.Error("nothing happened to any replica")
	}
}

// talk has a user talk and fall silent by turns, whether or not the bots keep up.
func (s *soak) talk(user int, random *rand.Rand, inFlight chan struct{}, end time.Time) {
	time.Sleep(upTo(random, min(9*time.Second, time.Until(end))))
	for n := 0; ; {
		for range 3 + random.IntN(10) {
			if time.Now().After(end) {
				return
			}
			inFlight <- struct{}{}
			message := n
			s.speaking.Go(func() {
				defer func() { <-inFlight }()
				s.say(user, message)
				s.brought.Add(1)
			})
			n++
			time.Sleep(100*time.Millisecond + upTo(random, 800*time.Millisecond))
		}
		time.Sleep(3*time.Second + upTo(random, 6*time.Second))
	}
}

// trouble kills or freezes one of the replicas that are well, and has it well again
// later; at the end of the load at the latest. One is always left.
func (s *soak) trouble(end time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var well []*replica
	for _, r := range s.replicas {
		if !s.busy[r.n] {
			well = append(well, r)
		}
	}
	if len(well) < 2 || time.Now().After(end) {
		return
	}
	r := well[s.random.IntN(len(well))]
	kill, wait := s.random.IntN(2) == 0, upTo(s.random, soakFreeze)
	s.busy[r.n] = true
	s.acting.Go(func() {
		if kill {
			r.kill()
			s.kills.Add(1)
			r.start()
		} else {
			thaw := r.freeze()
			s.freezes.Add(1)
			time.Sleep(min(wait, time.Until(end)))
			thaw()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, r.n)
	})
}
