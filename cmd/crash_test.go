package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/fakewa"
)

// TestCrash kills replicas again and again at one moment, as kill -9 does, and
// starts them anew.
func TestCrash(t *testing.T) {
	var trials []trial
	for _, moment := range oneOf(sent, stored, claimed, begun, marked) {
		// The moments of both replicas between two kills: one exchange stores several
		// messages, and one call claims several timers.
		apart := map[string]int64{stored: 20, claimed: 3}[moment]
		if apart == 0 {
			apart = int64(users / 5)
		}
		trials = append(trials, trial{moment, func(t *testing.T) {
			const wanted = 4
			f := newFleet(t, startRedis(t), 2, true)
			var seen, kills atomic.Int64
			f.happened = func(r *replica, m string) {
				if m != moment || seen.Add(1)%apart != 0 {
					return
				}
				if kills.Add(1) <= wanted {
					r.restart()
				}
			}
			f.start()
			f.speakUntil(func() bool { return kills.Load() >= wanted })
			f.settle()
		}})
	}
	try(t, trials...)
}

// TestRedis has Redis restart, stand still, fall silent and be restricted while
// timers lapse.
func TestRedis(t *testing.T) {
	// whenSent calls do beside the test when some histories were sent.
	whenSent := func(f *fleet, do func()) {
		var histories atomic.Int64
		f.happened = func(_ *replica, moment string) {
			if moment == sent && histories.Add(1) == int64(users/4) {
				f.acting.Go(do)
			}
		}
	}
	try(t,
		trial{"restarts", func(t *testing.T) {
			server := startRedis(t, "--appendonly", "yes", "--appendfsync", "always")
			f := newFleet(t, server, 2, true)
			whenSent(f, func() {
				over := f.ledger.troubled(everybody, "Redis was restarted")
				server.kill()
				time.Sleep(fleetSilence) // timers lapse meanwhile
				server.start()
				over()
			})
			f.start()
			f.speak()
			f.settle()
			if f.logged("expiry listener lost Redis") == 0 {
				t.Error("nobody noticed")
			}
		}},
		trial{"stands still", func(t *testing.T) {
			server := startRedis(t)
			f := newFleet(t, server, 2, true)
			whenSent(f, func() {
				over := f.ledger.troubled(everybody, "Redis stood still")
				server.stop()
				time.Sleep(10 * time.Second)
				server.resume()
				over()
			})
			f.start()
			f.speak()
			f.settle()
			if f.logged("timers cannot be looked at") == 0 {
				t.Error("nobody noticed")
			}
		}},
		trial{"is a black hole", func(t *testing.T) {
			f := newFleet(t, startRedis(t), 2, true)
			whenSent(f, func() {
				over := f.ledger.troubled(0, "replica 0 had no Redis")
				f.replicas[0].proxy.swallow.Store(true)
				time.Sleep(20 * time.Second)
				f.replicas[0].proxy.swallow.Store(false)
				over()
			})
			f.start()
			f.speak()
			f.settle()
			if f.logged("timers cannot be looked at") == 0 {
				t.Error("nobody noticed")
			}
		}},
		trial{"refuses CONFIG SET", func(t *testing.T) {
			server := startRedis(t)
			if err := server.client(0).Do(context.Background(), "ACL", "SETUSER", "default", "-config").Err(); err != nil {
				t.Fatal(err)
			}
			f := newFleet(t, server, 2, true)
			f.start()
			f.speak()
			f.settle()
			if n := f.logged("Redis refuses CONFIG"); n != 2 {
				t.Errorf("%d replicas say that CONFIG is refused, want 2", n)
			}
		}},
		trial{"does not announce", func(t *testing.T) {
			server := startRedis(t)
			f := newFleet(t, server, 2, true)
			f.start()
			const setting = "notify-keyspace-events"
			f.eventually("the setting", func() bool { return configured(t, server, setting) == "xE" })
			if err := server.client(0).ConfigSet(context.Background(), setting, "").Err(); err != nil {
				t.Fatal(err)
			}
			f.speak()
			f.settle()
			if got := configured(t, server, setting); got != "" {
				t.Errorf("%s is %q again", setting, got)
			}
		}},
	)
}

func configured(t *testing.T, server *redisServer, setting string) string {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: server.addr()})
	defer client.Close()
	config, err := client.ConfigGet(context.Background(), setting).Result()
	if err != nil {
		t.Fatal(err)
	}
	return config[setting]
}

// errand runs a bot that does one thing, and returns what it prints.
func (f *fleet) errand(args ...string) string {
	f.t.Helper()
	c := f.command(0, f.redis.addr(), args...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		f.t.Fatalf("bot %q: %v\n%s", args, err, &stderr)
	}
	return string(out)
}

// TestParked has WhatsApp take histories and say later that they failed, for a
// reason that no repetition helps: they are parked, and sent when a person says so.
func TestParked(t *testing.T) {
	t.Parallel()
	f := newFleet(t, startRedis(t), 2, true)
	f.start()
	fault := f.fake.Inject(fakewa.Fault{Fails: 131047})
	for user := range users {
		f.speaking.Go(func() { f.say(user, 0) })
	}
	f.speaking.Wait()
	var parked string
	f.eventually("the histories to be parked", func() bool {
		parked = f.errand("-parked")
		return strings.HasSuffix(parked, fmt.Sprintf("\n%d parked\n", users))
	})
	for user := range users {
		if !strings.Contains(parked, "user_inactivity of "+userNumber(user)+"  code 131047: ") {
			t.Errorf("user %d is not among what is parked, or not with the reason:\n%s", user, parked)
			break
		}
	}
	f.fake.RemoveFault(fault)
	if got := f.errand("-requeue", userNumber(0)); got != "1 requeued\n" {
		t.Errorf("-requeue of one: got %q", got)
	}
	f.eventually("one history", func() bool { return strings.HasSuffix(f.errand("-parked"), fmt.Sprintf("\n%d parked\n", users-1)) })
	if got, want := f.errand("-requeue"), fmt.Sprintf("%d requeued\n", users-1); got != want {
		t.Errorf("-requeue: got %q, want %q", got, want)
	}
	f.settle()
	if got := f.errand("-parked"); got != "0 parked\n" {
		t.Errorf("-parked: got %q", got)
	}
}

// TestForget erases a user who has a parked history and an open session, and nobody
// else, though somebody's number begins with the user's.
func TestForget(t *testing.T) {
	t.Parallel()
	f := newFleet(t, startRedis(t), 1, true)
	f.start()
	fault := f.fake.Inject(fakewa.Fault{Fails: 131047})
	deliver := func(user, text string) {
		t.Helper()
		if _, err := f.fake.Phone(user).Say(context.Background(), text); err != nil {
			t.Fatal(err)
		}
	}
	const user, other = "+1234567890", "+12345678901"
	deliver(user, "one of the forgotten")
	deliver(other, "one of the other")
	f.eventually("the histories to be parked", func() bool { return strings.HasSuffix(f.errand("-parked"), "\n2 parked\n") })
	f.fake.RemoveFault(fault)
	f.replicas[0].kill()
	f.silence = time.Hour // so that the sessions stay open
	f.replicas[0].start()
	deliver(user, "two of the forgotten")
	deliver(other, "two of the other")
	f.replicas[0].kill()

	before := strings.Join(f.everything(), "\n")
	for _, kind := range []string{"user:", "batch:", "pace:", "deadlines:", "EXPTRIGGER:", "parked"} {
		if !strings.Contains(before, " wappa:"+kind) {
			t.Fatalf("Redis holds no %s to be forgotten:\n%s", kind, before)
		}
	}
	if got := f.errand("-forget", user); got != user+" is forgotten\n" {
		t.Errorf("got %q", got)
	}
	after := f.everything()
	var left, others []string
	for _, line := range after {
		if rest := strings.ReplaceAll(line, other[1:], ""); strings.Contains(rest, user[1:]) || strings.Contains(rest, "the forgotten") {
			left = append(left, line)
		}
	}
	for line := range strings.Lines(before) {
		if line = strings.TrimSuffix(line, "\n"); strings.Contains(line, other[1:]) && !slices.Contains(after, line) {
			others = append(others, line)
		}
	}
	if left != nil {
		t.Errorf("what is left of the user:\n%s", strings.Join(left, "\n"))
	}
	if others != nil {
		t.Errorf("what is gone of somebody else:\n%s", strings.Join(others, "\n"))
	}
}

// everything returns all that Redis holds, as lines of a database, a key and one
// of its values.
func (f *fleet) everything() (lines []string) {
	f.t.Helper()
	ctx := context.Background()
	for _, db := range []int{0, 3} {
		client := f.redis.client(db)
		keys, err := client.Keys(ctx, "*").Result()
		if err != nil {
			f.t.Fatal(err)
		}
		for _, key := range keys {
			kind := client.Type(ctx, key).Val()
			switch kind {
			case "string":
				lines = append(lines, fmt.Sprintf("%d %s %s", db, key, client.Get(ctx, key).Val()))
			case "hash":
				for field, value := range client.HGetAll(ctx, key).Val() {
					lines = append(lines, fmt.Sprintf("%d %s %s %s", db, key, field, value))
				}
			case "zset":
				for _, member := range client.ZRange(ctx, key, 0, -1).Val() {
					lines = append(lines, fmt.Sprintf("%d %s %s", db, key, member))
				}
			case "none": // it expired meanwhile
			default:
				f.t.Errorf("%s is a %s, which this test cannot read", key, kind)
			}
		}
	}
	return lines
}
