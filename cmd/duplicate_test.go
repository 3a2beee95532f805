package cmd_test

import (
	"fmt"
	"sync"
	"testing"

	"wappasim/cmd/internal/stacktest"
)

// TestTheOneAllowedDuplicate makes the one duplicate that the guarantee names: the
// answer is lost, and so are the statuses, for longer than they are waited for.
func TestTheOneAllowedDuplicate(t *testing.T) {
	t.Parallel()
	const users = 5
	f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: stacktest.StartRedis(t), Replicas: 2, Users: users})
	var mu sync.Mutex
	copies := make(map[string]int) // by part; guarded by mu
	f.Loses = func(part string) bool {
		mu.Lock()
		defer mu.Unlock()
		copies[part]++
		return copies[part] == 1
	}
	f.Start()
	f.RefuseStatuses.Store(true)
	f.Together(func(n int, user string) { f.Say(user, fmt.Sprintf("u%d m0", n)) })
	stacktest.Eventually(t, "the histories a second time", func() bool {
		mu.Lock()
		defer mu.Unlock()
		again := 0
		for _, n := range copies {
			again += n - 1
		}
		return again == users
	})
	f.RefuseStatuses.Store(false)
	if b := f.Settle(); len(b.Allowed) != users {
		t.Errorf("got %d duplicates in the window, want %d", len(b.Allowed), users)
	}
}
