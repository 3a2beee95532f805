package expiry

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"wappasim/bot/redistest"
)

const act = "act"

// rig calls the scripts of timers of one action, as a worker does.
type rig struct {
	*testing.T
	client, triggers *redis.Client
	layout           Layout
	real             bool // the Redis: in miniredis no time passes for keys
}

// onEachRedis runs a test of scripts on miniredis, which worlds use, and on a real
// Redis: they differ.
func onEachRedis(t *testing.T, test func(r rig)) {
	for name, start := range map[string]func(*testing.T) string{
		"miniredis":    func(t *testing.T) string { return miniredis.RunT(t).Addr() },
		"redis-server": func(t *testing.T) string { return redistest.Start(t, "--enable-debug-command", "yes") },
	} {
		t.Run(name, func(t *testing.T) {
			addr := start(t)
			r := rig{T: t, client: redis.NewClient(&redis.Options{Addr: addr}), triggers: redis.NewClient(&redis.Options{Addr: addr, DB: DB}), real: name != "miniredis"}
			t.Cleanup(func() { r.client.Close(); r.triggers.Close() })
			test(r)
		})
	}
}

func (r rig) run(s *redis.Script, keys []string, args ...any) *redis.Cmd {
	r.Helper()
	cmd := s.Run(r.Context(), r.client, keys, args...)
	if cmd.Err() != nil {
		r.Fatal(cmd.Err())
	}
	return cmd
}

func (r rig) number(s *redis.Script, keys []string, args ...any) int {
	r.Helper()
	n, err := r.run(s, keys, args...).Int()
	if err != nil {
		r.Fatal(err)
	}
	return n
}

func (r rig) now() int64 {
	r.Helper()
	now, err := r.client.Time(r.Context()).Result()
	if err != nil {
		r.Fatal(err)
	}
	return now.UnixMilli()
}

func (r rig) set(id string, delay int) (due int64) {
	r.Helper()
	text, err := r.run(setScript, []string{r.layout.Deadlines(act, id), r.layout.Trigger(act, id)}, id, delay, DB, 0).Text()
	if err != nil {
		r.Fatal(err)
	}
	due, err = strconv.ParseInt(text, 10, 64)
	if err != nil {
		r.Fatal(err)
	}
	return due
}

// due sets a timer that is due.
func (r rig) due(id string) (at int64) {
	r.Helper()
	at = r.set(id, 1)
	for r.now() < at {
	}
	return at
}

func (r rig) delete(id string) {
	r.Helper()
	r.run(deleteScript, []string{r.layout.Deadlines(act, id), r.layout.Trigger(act, id), r.layout.Firing(act, id)}, id, DB, 0)
}

// got is what a claim has got, less its times.
type got struct {
	timer       string
	id, owner   string
	attempt     int64
	over        bool
	due, opened int64
}

func (r rig) claim(token string, ids ...string) (all []got) {
	r.Helper()
	keys := []string{r.layout.Deadlines(act, ""), r.layout.Leases(act, "")}
	args := []any{token, Lease.Milliseconds(), DB, 0}
	for _, id := range ids {
		keys = append(keys, r.layout.Firing(act, id), r.layout.Trigger(act, id))
		args = append(args, id)
	}
	rows, err := r.run(claimScript, keys, args...).Slice()
	if err != nil {
		r.Fatal(err)
	}
	for _, row := range rows {
		f := fields(row.([]any))
		if now := r.now(); f.int(5) > now || f.int(5) < now-60_000 {
			r.Errorf("it was claimed at %d, it is %d", f.int(5), now)
		}
		all = append(all, got{ids[f.int(0)-1], f.text(1), f.text(2), f.int(6), f.int(7) == 1, f.int(3), f.int(4)})
	}
	return all
}

// claimed claims one firing.
func (r rig) claimed(token, id string) got {
	r.Helper()
	all := r.claim(token, id)
	if len(all) != 1 {
		r.Fatalf("%s claimed %+v", token, all)
	}
	return all[0]
}

func (r rig) hold(l got) int {
	r.Helper()
	return r.number(holdScript, []string{r.layout.Leases(act, l.timer), r.layout.Firing(act, l.timer)}, l.timer, l.id, l.owner, Lease.Milliseconds())
}

func (r rig) again(l got, after int) int {
	r.Helper()
	return r.number(retryScript, []string{r.layout.Leases(act, l.timer), r.layout.Firing(act, l.timer)}, l.timer, l.id, l.owner, after)
}

func (r rig) close(l got) int {
	r.Helper()
	return r.number(closeScript, r.closeKeys(l), l.timer, l.id, l.owner, "", "")
}

func (r rig) park(l got) int {
	r.Helper()
	return r.number(closeScript, r.closeKeys(l), l.timer, l.id, l.owner, "field "+l.id, "why")
}

func (r rig) closeKeys(l got) []string {
	return []string{r.layout.Deadlines(act, l.timer), r.layout.Leases(act, l.timer), r.layout.Firing(act, l.timer), r.layout.Parked(l.timer)}
}

func (r rig) requeue(timer, id string, after int) int {
	r.Helper()
	return r.number(requeueScript, []string{r.layout.Leases(act, timer), r.layout.Firing(act, timer), r.layout.Parked(timer)}, timer, id, "field "+id, 1234, after)
}

func (r rig) repair(timer string) {
	r.Helper()
	r.run(repairScript, []string{r.layout.Deadlines(act, timer), r.layout.Trigger(act, timer), r.layout.Leases(act, timer), r.layout.Firing(act, timer)}, timer, DB, 0)
}

func (r rig) deadline(id string) int64 {
	return int64(r.client.ZScore(r.Context(), r.layout.Deadlines(act, id), id).Val())
}

func (r rig) lease(id string) int64 {
	return int64(r.client.ZScore(r.Context(), r.layout.Leases(act, id), id).Val())
}

func (r rig) trigger(id string) time.Duration {
	return r.triggers.PTTL(r.Context(), r.layout.Trigger(act, id)).Val()
}

// wantTrigger wants the trigger of a timer to expire a millisecond before it is due.
func (r rig) wantTrigger(id string, due int64) {
	r.Helper()
	if ttl := r.trigger(id); ttl <= 0 || ttl.Milliseconds() > due-r.now()+60_000 {
		r.Errorf("the trigger has %s", ttl)
	}
	if expires := r.triggers.PExpireTime(r.Context(), r.layout.Trigger(act, id)).Val().Milliseconds(); expires != due-1 && r.real {
		r.Errorf("the trigger expires at %d, the timer is due at %d", expires, due)
	}
}

// end ends the lease of a firing.
func (r rig) end(id string) {
	r.Helper()
	if err := r.client.ZAddXX(r.Context(), r.layout.Leases(act, id), redis.Z{Score: float64(r.now() - 1), Member: id}).Err(); err != nil {
		r.Fatal(err)
	}
}

// nothing wants Redis to hold nothing of the action.
func (r rig) nothing() {
	r.Helper()
	if keys := r.client.Keys(r.Context(), "*").Val(); len(keys) > 0 {
		r.Errorf("%q are left", keys)
	}
}

func (r rig) want(what string, got, want any) {
	r.Helper()
	if got != want {
		r.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestSet(t *testing.T) {
	onEachRedis(t, func(r rig) {
		for _, delay := range []int{60_000, 60_000, 90_000, 30_000} { // later, and earlier, than before
			before := r.now()
			due := r.set("1", delay)
			if early := before + int64(delay); due < early || due > r.now()+int64(delay)+1 {
				r.Errorf("it is due at %d, earliest %d", due, early)
			}
			r.want("the deadline", r.deadline("1"), due)
			r.wantTrigger("1", due)
		}
		r.want("timers", r.client.ZCard(r.Context(), r.layout.Deadlines(act, "1")).Val(), int64(1))
		r.due("1")
		if ttl := r.trigger("1"); ttl > time.Millisecond {
			r.Errorf("the trigger of a timer that is due has %s", ttl)
		}
	})
}

func TestDelete(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.set("1", 60_000)
		r.due("2")
		open := r.claimed("t", "2")
		r.due("2")
		r.claim("u", "2") // finds it blocked
		r.set("2", 60_000)
		for range 2 {
			r.delete("1")
			r.delete("2")
			r.want("deadlines", r.client.ZCard(r.Context(), r.layout.Deadlines(act, "1")).Val(), int64(0))
			r.want("triggers", r.triggers.DBSize(r.Context()).Val(), int64(0))
			r.want("the firing that is handled is held", r.hold(open), 1)
		}
		r.want("close", r.close(open), 1)
		r.nothing()
	})
}

func TestClaim(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.set("later", 60_000)
		due := r.due("1")
		r.due("2")
		before := r.now()
		first := r.claim("t", "later", "1", "2", "never")
		if len(first) != 2 {
			r.Fatalf("got %+v", first)
		}
		l := first[0]
		r.want("the first", l, got{"1", "t-2", "t-2", 1, false, due, l.opened})
		r.want("the second", first[1].timer+first[1].id, "2t-3")
		if l.opened < before {
			r.Errorf("opened at %d, before %d", l.opened, before)
		}
		if end := r.lease("1"); end < before+Lease.Milliseconds() || end > r.now()+Lease.Milliseconds() {
			r.Errorf("the lease ends at %d, it is %d", end, r.now())
		}
		r.want("its deadline", r.deadline("1"), int64(0))
		if again := r.claim("t", "later", "1", "2", "never"); !slices.Equal(again, first) {
			r.Errorf("repeated: got %+v, want %+v", again, first)
		}
		if others := r.claim("u", "1", "2"); others != nil {
			r.Errorf("another got %+v", others)
		}
		r.want("close", r.close(l), 1)
		if left := r.claim("u", "1"); left != nil {
			r.Errorf("after its end: got %+v", left)
		}
	})
}

// TestTakeOver ends a lease: the next owner to claim has the same firing, and the one
// before has lost it.
func TestTakeOver(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		l := r.claimed("t", "1")
		r.end("1")
		over := r.claimed("u", "1")
		r.want("taken over", over, got{"1", l.id, "u-1", 2, true, l.due, l.opened})
		r.want("hold of the loser", r.hold(l), 0)
		r.want("again of the loser", r.again(l, 0), 0)
		r.want("parking by the loser", r.park(l), 0)
		if back := r.claim("t", "1"); back != nil {
			r.Errorf("the loser claims %+v", back)
		}
		r.want("hold", r.hold(over), 1)
		r.want("giving up", r.again(over, 0), 1)
		third := r.claimed("v", "1")
		r.want("after it was given up", third, got{"1", l.id, "v-1", 3, false, l.due, l.opened})
		r.want("close of the loser", r.close(l), 0)
		r.want("hold after that", r.hold(third), 1)
		r.want("close", r.close(third), 1)
		r.want("hold after that", r.hold(third), 0)
		r.nothing()
	})
}

// TestBehind has a timer fire again before its firing is closed: it waits, and is
// claimed next, as a firing of its own.
func TestBehind(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		first := r.claimed("t", "1")
		second := r.due("1")
		for range 2 {
			if got := r.claim("u", "1"); got != nil {
				r.Fatalf("two firings of a timer at once: %+v", got)
			}
			r.want("its deadline", r.deadline("1"), int64(0))
		}
		r.end("1")
		over := r.claimed("v", "1")
		r.want("the id of what was taken over", over.id, first.id)
		r.want("close", r.close(over), 2)
		r.want("closed again", r.close(over), 0)
		r.want("its deadline", r.deadline("1"), second)
		next := r.claimed("w", "1")
		r.want("the next one", next, got{"1", "w-1", "w-1", 1, false, second, next.opened})
		r.want("close", r.close(next), 1)
		r.nothing()
	})
}

// TestSetBehind sets a timer anew that waits behind its firing: it does not fire
// for the earlier setting.
func TestSetBehind(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		first := r.claimed("t", "1")
		r.due("1")
		r.claim("u", "1")
		anew := r.set("1", 60_000)
		r.want("close", r.close(first), 2)
		r.want("its deadline", r.deadline("1"), anew)
		if early := r.claim("v", "1"); early != nil {
			r.Errorf("it fires early: %+v", early)
		}
	})
}

// TestClaimTwice names a timer twice in one claim, as a worker does that finds it
// among the deadlines and among the leases.
func TestClaimTwice(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		first := r.claimed("t", "1")
		r.due("1")
		r.end("1")
		var all []got
		for range 2 {
			if all = r.claim("u", "1", "1"); len(all) != 1 || all[0].id != first.id || all[0].attempt != 2 {
				r.Fatalf("got %+v", all)
			}
		}
		r.want("close", r.close(all[0]), 2)
	})
}

// TestLeaseOfNothing has a lease without a firing, which goes.
func TestLeaseOfNothing(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.client.ZAdd(r.Context(), r.layout.Leases(act, "1"), redis.Z{Score: 1, Member: "1"})
		if all := r.claim("t", "1"); all != nil {
			r.Errorf("got %+v", all)
		}
		r.nothing()
	})
}

// TestClaimAnnounces has a Redis that does not search for expired keys: the claim
// makes it announce the trigger.
func TestClaimAnnounces(t *testing.T) {
	addr := redistest.Start(t, "--enable-debug-command", "yes", "--notify-keyspace-events", "Ex")
	r := rig{T: t, client: redis.NewClient(&redis.Options{Addr: addr}), triggers: redis.NewClient(&redis.Options{Addr: addr, DB: DB})}
	defer r.client.Close()
	defer r.triggers.Close()
	if err := r.client.Do(t.Context(), "DEBUG", "SET-ACTIVE-EXPIRE", "0").Err(); err != nil {
		t.Fatal(err)
	}
	sub := r.triggers.Subscribe(t.Context(), r.layout.Channel())
	defer sub.Close()
	if _, err := sub.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for n := range 3 {
		ids = append(ids, fmt.Sprint(n))
		r.set(ids[n], 20)
	}
	for r.now() <= r.deadline(ids[2]) {
	}
	if n := r.client.Do(t.Context(), "DBSIZE").Val(); n != int64(1) {
		t.Errorf("database 0 has %v keys", n)
	}
	if n := r.triggers.DBSize(t.Context()).Val(); n != 3 {
		t.Fatalf("%d triggers are there, although nobody looked at them", n)
	}
	if got := r.claim("t", ids...); len(got) != 3 {
		t.Fatalf("got %+v", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var announced []string
	for range 3 {
		m, err := sub.ReceiveMessage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		announced = append(announced, m.Payload)
	}
	slices.Sort(announced)
	if want := []string{r.layout.Trigger(act, "0"), r.layout.Trigger(act, "1"), r.layout.Trigger(act, "2")}; !slices.Equal(announced, want) {
		t.Errorf("got %q, want %q", announced, want)
	}
}

func TestHold(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		l := r.claimed("t", "1")
		r.end("1")
		for range 2 {
			before := r.now()
			r.want("hold after the lease, before anybody has it", r.hold(l), 1)
			if end := r.lease("1"); end < before+Lease.Milliseconds() {
				r.Errorf("the lease ends at %d, it is %d", end, before)
			}
		}
		if got := r.claim("u", "1"); got != nil {
			r.Errorf("another claims what is held: %+v", got)
		}
		r.want("another id", r.hold(got{"1", "x", l.owner, 0, false, 0, 0}), 0)
		r.want("another owner", r.hold(got{"1", l.id, "x", 0, false, 0, 0}), 0)
		r.close(l)
		r.want("after its end", r.hold(l), 0)
		r.nothing()
	})
}

func TestAgain(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		l := r.claimed("t", "1")
		before := r.now()
		r.want("again", r.again(l, 60_000), 1)
		if at := r.lease("1"); at < before+60_000 || at > r.now()+60_000 {
			r.Errorf("it may be claimed at %d, it was %d", at, before)
		}
		at := r.lease("1")
		r.want("repeated", r.again(l, 90_000), 0)
		r.want("when it may be claimed", r.lease("1"), at)
		r.want("hold of what was given up", r.hold(l), 0)
		if got := r.claim("u", "1"); got != nil {
			r.Errorf("claimed early: %+v", got)
		}
		if got := r.claim("t", "1"); got != nil {
			r.Errorf("claimed early, with the token of before: %+v", got)
		}
		r.end("1")
		r.want("the next attempt", r.claimed("u", "1"), got{"1", l.id, "u-1", 2, false, l.due, l.opened})
		r.want("again of the one before", r.again(l, 0), 0)
	})
}

func TestClose(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		l := r.claimed("t", "1")
		r.want("another firing", r.close(got{timer: "1", id: "x"}), 0)
		r.want("close", r.close(l), 1)
		r.want("closed again", r.close(l), 0)
		r.nothing()

		r.due("1")
		l = r.claimed("t2", "1")
		at := r.set("1", 60_000)
		r.want("close of one that is set again", r.close(l), 1)
		r.want("its deadline", r.deadline("1"), at)
	})
}

func TestPark(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		l := r.claimed("t", "1")
		second := r.due("1")
		r.claim("u", "1")
		r.want("by another", r.park(got{"1", l.id, "x", 0, false, 0, 0}), 0)
		r.want("parked things", r.client.HLen(r.Context(), r.layout.Parked("1")).Val(), int64(0))
		r.want("park", r.park(l), 2)
		r.want("parked again", r.park(l), 0)
		r.want("the record", r.client.HGet(r.Context(), r.layout.Parked("1"), "field "+l.id).Val(), "why")
		r.want("the firing", r.client.Exists(r.Context(), r.layout.Firing(act, "1")).Val(), int64(0))
		r.want("the lease", r.lease("1"), int64(0))
		r.want("the deadline of the next", r.deadline("1"), second)
	})
}

func TestRequeue(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.want("what is not parked", r.requeue("1", "t-1", 0), 0)
		r.due("1")
		l := r.claimed("t", "1")
		r.park(l)
		before := r.now()
		r.want("requeue", r.requeue("1", l.id, 60_000), 1)
		if at := r.lease("1"); at < before+60_000 {
			r.Errorf("it may be claimed at %d, it was %d", at, before)
		}
		at := r.lease("1")
		r.want("repeated", r.requeue("1", l.id, 90_000), 1)
		r.want("when it may be claimed", r.lease("1"), at)
		r.want("parked things", r.client.HLen(r.Context(), r.layout.Parked("1")).Val(), int64(0))
		if got := r.claim("u", "1"); got != nil {
			r.Errorf("claimed early: %+v", got)
		}
		r.end("1")
		back := r.claimed("v", "1")
		r.want("requeued", back, got{"1", l.id, "v-1", 1, false, 1234, back.opened})
		if back.opened < before {
			r.Errorf("it has been attempted since %d, before it was requeued at %d", back.opened, before)
		}
		r.want("close", r.close(back), 1)
		r.want("requeued after its end", r.requeue("1", l.id, 0), 0)
		r.nothing()
	})
}

// TestRequeueBusy requeues what is parked while another firing of the timer is open.
func TestRequeueBusy(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		first := r.claimed("t", "1")
		r.park(first)
		r.due("1")
		second := r.claimed("u", "1")
		third := r.due("1")
		r.want("requeue", r.requeue("1", first.id, 0), 1)
		r.want("parked things", r.client.HLen(r.Context(), r.layout.Parked("1")).Val(), int64(0))
		r.want("hold of the other", r.hold(second), 1)
		if got := r.claim("v", "1"); got != nil {
			r.Errorf("claimed beside the other: %+v", got)
		}
		r.want("close of the other", r.close(second), 2)
		back := r.claimed("w", "1")
		r.want("the id", back.id, first.id)
		r.want("close of what was requeued", r.close(back), 2)
		r.want("the deadline of the next", r.deadline("1"), third)
	})
}

// TestRequeueWhileHandled requeues a firing that is still being handled: when that
// is over, it is handled once more.
func TestRequeueWhileHandled(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		l := r.claimed("t", "1")
		r.client.HSet(r.Context(), r.layout.Parked("1"), "field "+l.id, "a status has failed")
		second := r.due("1")
		r.claim("u", "1")
		r.want("requeue", r.requeue("1", l.id, 60_000), 1)
		r.want("hold", r.hold(l), 1)
		r.want("close", r.close(l), 2)
		r.want("hold then", r.hold(l), 0)
		if got := r.claim("v", "1"); got != nil {
			r.Errorf("claimed early: %+v", got)
		}
		r.end("1")
		back := r.claimed("w", "1")
		r.want("the id", back.id, l.id)
		r.want("close of that", r.close(back), 2)
		r.want("the deadline of the next", r.deadline("1"), second)
	})
}

func TestRepairScript(t *testing.T) {
	onEachRedis(t, func(r rig) {
		ctx := r.Context()
		at := r.set("no trigger", 60_000)
		r.triggers.Del(ctx, r.layout.Trigger(act, "no trigger"))
		r.triggers.Set(ctx, r.layout.Trigger(act, "no deadline"), "1", time.Minute)
		r.triggers.Set(ctx, r.layout.Trigger(act, "for ever"), "1", 0)
		both := r.set("both", 60_000)
		r.client.HSet(ctx, r.layout.Firing(act, "no lease"), "id", "x", "owner", "gone", "due", 1, "opened", 1, "attempt", 1)
		r.due("handled")
		held := r.claimed("t", "handled")
		end := r.lease("handled")
		before := r.now()
		for range 2 {
			for _, id := range []string{"no trigger", "no deadline", "for ever", "both", "no lease", "handled", "nothing"} {
				r.repair(id)
			}
			r.wantTrigger("no trigger", at)
			if due := r.deadline("no deadline"); due < before+50_000 || due > r.now()+60_001 {
				r.Errorf("a trigger of a minute is due at %d, it was %d", due, before)
			}
			if due, expires := r.deadline("no deadline"), r.triggers.PExpireTime(ctx, r.layout.Trigger(act, "no deadline")).Val().Milliseconds(); due < expires && r.real {
				r.Errorf("a trigger that expires at %d is due at %d", expires, due)
			}
			r.want("a trigger without an end", r.deadline("for ever"), int64(0))
			r.want("a timer that is whole", r.deadline("both"), both)
			r.want("a lease", r.lease("handled"), end)
			r.want("timers", r.client.ZCard(ctx, r.layout.Deadlines(act, "")).Val(), int64(3))
		}
		r.want("hold", r.hold(held), 1)
		r.want("the firing that nobody would find", r.claimed("u", "no lease").id, "x")
	})
}

// TestCloseRepeated loses the answer of a close that found the firing requeued:
// go-redis repeats the command, and the firing must stay open.
func TestCloseRepeated(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		l := r.claimed("t", "1")
		r.client.HSet(r.Context(), r.layout.Parked("1"), "field "+l.id, "a status has failed")
		r.want("requeue", r.requeue("1", l.id, 0), 1)
		r.want("close", r.close(l), 2)
		r.close(l)
		if back := r.claim("u", "1"); len(back) != 1 {
			r.Error("the firing that was requeued is gone")
		}
	})
}

// TestCloseByLoser requeues a firing while it is handled; one that has lost it before
// ends then. What it did was before the firing was requeued.
func TestCloseByLoser(t *testing.T) {
	onEachRedis(t, func(r rig) {
		r.due("1")
		loser := r.claimed("t", "1")
		r.end("1")
		l := r.claimed("u", "1")
		r.client.HSet(r.Context(), r.layout.Parked("1"), "field "+l.id, "a status has failed")
		r.want("requeue", r.requeue("1", l.id, 0), 1)
		r.want("close", r.close(l), 2)
		r.close(loser)
		if back := r.claim("v", "1"); len(back) != 1 {
			r.Error("the firing that was requeued is gone")
		}
	})
}
