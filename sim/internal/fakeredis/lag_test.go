package fakeredis_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/internal/fakeredis"
)

// TestScriptsAtOneInstant runs a script that leaves TTLs for later while other clients call
// scripts that Redis does not know, for which it moves them.
func TestScriptsAtOneInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := fakeredis.New(1, fakeredis.Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var clients []client
		for range 4 {
			clients = append(clients, dial(t, r))
		}
		for n := range 50 {
			time.Sleep(time.Millisecond)
			var all sync.WaitGroup
			for i, c := range clients {
				all.Go(func() {
					if i%2 == 0 {
						c.do("EVAL", "for i = 1, 500 do redis.call('SET', KEYS[1], i, 'PX', 1000) end return 1", "1", fmt.Sprint("key", i))
					} else {
						c.do("EVALSHA", "0000000000000000000000000000000000000000", "0")
					}
				})
			}
			all.Wait()
			if got := clients[1].do("PTTL", "key0"); got != ":1000" {
				t.Fatalf("round %d: got %s, want 1000 ms", n, got)
			}
		}
	})
}
