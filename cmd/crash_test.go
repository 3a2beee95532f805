package cmd_test

import (
	"sync/atomic"
	"testing"
	"time"

	"wappasim/bot/expiry"
	"wappasim/cmd/internal/stacktest"
)

// TestCrashesAtOnePoint kills replicas again and again at one moment, as kill -9 does,
// and starts them anew.
func TestCrashesAtOnePoint(t *testing.T) {
	var trials []stacktest.Trial
	for _, moment := range stacktest.OneOf(stacktest.Sent, stacktest.Stored, stacktest.Claimed, stacktest.Begun, stacktest.Marked) {
		trials = append(trials, stacktest.Trial{Name: moment, Run: func(t *testing.T) {
			const wanted = 4
			f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: stacktest.StartRedis(t), Replicas: 2})
			// So often the moment comes between two kills, counted over both replicas. One
			// exchange stores several messages, and one call claims several timers.
			apart := int64(f.Users / 5)
			switch moment {
			case stacktest.Stored:
				apart = int64(f.Users / 10)
			case stacktest.Claimed:
				apart = 3
			}
			var seen, kills atomic.Int64
			f.OnMoment = func(r *stacktest.Replica, m string) {
				if m != moment || seen.Add(1)%apart != 0 || kills.Load() >= wanted {
					return
				}
				if r.Restart() {
					kills.Add(1)
				}
			}
			f.Start()
			f.SpeakUntil(func() bool { return kills.Load() >= wanted })
			f.Settle()
			if kills.Load() < wanted {
				t.Errorf("%d kills, want %d", kills.Load(), wanted)
			}
		}})
	}
	stacktest.Run(t, trials...)
}

// TestOneReplicaIsKilled kills one replica of several for good, under load.
func TestOneReplicaIsKilled(t *testing.T) {
	var trials []stacktest.Trial
	for _, replicas := range stacktest.OneOf(2, 4) {
		trials = append(trials, stacktest.Trial{Name: map[int]string{2: "of two", 4: "of four"}[replicas], Run: func(t *testing.T) {
			f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: stacktest.StartRedis(t), Replicas: replicas})
			killed := make(chan struct{})
			whenSent(f, f.Users/2, func() {
				f.Bots[0].Kill()
				close(killed)
			})
			f.Start()
			f.Speak()
			f.Settle()
			<-killed // each user gets a history
		}})
	}
	stacktest.Run(t, trials...)
}

// TestFrozenReplicaDoesNoHarm stops a replica at a moment for longer than its lease:
// others take over, and what it does when it goes on does no harm.
func TestFrozenReplicaDoesNoHarm(t *testing.T) {
	const frozen = expiry.Lease + 5*time.Second
	var trials []stacktest.Trial
	for _, moment := range stacktest.OneOf(stacktest.Sent, stacktest.Begun, stacktest.Claimed) {
		trials = append(trials, stacktest.Trial{Name: moment, Run: func(t *testing.T) {
			f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: stacktest.StartRedis(t), Replicas: 2})
			var seen atomic.Int64
			var thawed atomic.Bool
			f.OnMoment = func(r *stacktest.Replica, m string) {
				if m == moment && r.N == 0 && seen.Add(1) == 5 {
					thaw := r.Freeze()
					f.Beside(func() {
						time.Sleep(frozen)
						thaw()
						thawed.Store(true)
					})
				}
			}
			f.Start()
			f.SpeakUntil(func() bool { return seen.Load() >= 5 })
			f.Settle()
			if !thawed.Load() {
				t.Error("no replica was frozen")
			}
		}})
	}
	stacktest.Run(t, trials...)
}

// whenSent does something once when so many histories were sent. The replica that has
// sent the last of them waits for it.
func whenSent(f *stacktest.Fleet, histories int, do func()) {
	var sent atomic.Int64
	f.OnMoment = func(_ *stacktest.Replica, moment string) {
		if moment == stacktest.Sent && sent.Add(1) == int64(histories) {
			do()
		}
	}
}
