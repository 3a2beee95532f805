package cmd_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"wappasim/bot/expiry"
	"wappasim/cmd/internal/stacktest"
)

// What the bot logs when it loses Redis.
const (
	listenerLost  = "expiry listener lost Redis"
	timersUnknown = "reading the timers from Redis failed"
)

// TestRedisFaults has Redis restart, stand still, fall silent and be restricted while
// timers fire.
func TestRedisFaults(t *testing.T) {
	// run applies a fault beside the users, when some histories were sent.
	run := func(f *stacktest.Fleet, fault func()) {
		var healed atomic.Bool
		whenSent(f, f.Users/4, func() {
			f.Beside(func() {
				fault()
				healed.Store(true)
			})
		})
		f.Start()
		f.SpeakUntil(healed.Load)
		f.Settle()
	}
	stacktest.Run(t,
		stacktest.Trial{Name: "restarts", Run: func(t *testing.T) {
			server := stacktest.StartRedis(t, "--appendonly", "yes", "--appendfsync", "always")
			f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: server, Replicas: 2})
			run(f, func() {
				healed := f.Ledger.Fault("Redis was restarted")
				server.Kill()
				for _, r := range f.Bots {
					r.AwaitLog(listenerLost)
				}
				time.Sleep(f.Silence) // timers fire meanwhile
				if err := server.Start(); err != nil {
					t.Error(err)
				}
				healed()
			})
		}},
		stacktest.Trial{Name: "stands still", Run: func(t *testing.T) {
			server := stacktest.StartRedis(t)
			f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: server, Replicas: 2})
			run(f, func() {
				healed := f.Ledger.Fault("Redis stood still")
				server.Freeze()
				for _, r := range f.Bots {
					r.AwaitLog(timersUnknown)
				}
				time.Sleep(5 * time.Second) // commands are given up meanwhile, and tried again
				server.Thaw()
				healed()
			})
		}},
		stacktest.Trial{Name: "is a black hole to one replica", Run: func(t *testing.T) {
			f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: stacktest.StartRedis(t), Replicas: 2})
			run(f, func() {
				restore := f.Bots[0].CutOff()
				f.Bots[0].AwaitLog(timersUnknown)
				time.Sleep(expiry.Lease + 2*time.Second) // the other takes over
				restore()
			})
		}},
		stacktest.Trial{Name: "refuses CONFIG SET", Run: func(t *testing.T) {
			server := stacktest.StartRedis(t)
			if err := server.Client(0).Do(context.Background(), "ACL", "SETUSER", "default", "-config").Err(); err != nil {
				t.Fatal(err)
			}
			f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: server, Replicas: 2})
			f.Start()
			f.Speak()
			f.Settle()
			if n := f.Logged("Redis refuses CONFIG"); n != 2 {
				t.Errorf("%d replicas say that CONFIG is refused, want 2", n)
			}
		}},
		stacktest.Trial{Name: "does not announce expired keys", Run: func(t *testing.T) {
			server := stacktest.StartRedis(t)
			f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: server, Replicas: 2})
			f.Start()
			const setting = "notify-keyspace-events"
			stacktest.Eventually(t, "the setting", func() bool { return server.Setting(setting) == "xE" })
			if err := server.Client(0).ConfigSet(context.Background(), setting, "").Err(); err != nil {
				t.Fatal(err)
			}
			f.Speak()
			f.Settle()
			if got := server.Setting(setting); got != "" {
				t.Errorf("%s is %q again", setting, got)
			}
		}},
	)
}
