package bot

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
	"wappasim/bot/redistest"
)

const (
	ana       = "+1"
	proof     = time.Minute
	batchKey  = "wappa:batch:+1:L"
	firingKey = "wappa:firing:user_inactivity:+1"
	leases    = "wappa:leases:user_inactivity"
	deadline  = "wappa:deadlines:user_inactivity"
	paceKey   = "wappa:pace:+1"
)

// rig calls the scripts that store messages and send histories.
type rig struct {
	*testing.T
	client  *redis.Client
	users   *UserCache
	batches *outbox
	timers  *expiry.Timers
	ids     *int
}

// onRedis runs a test of scripts on miniredis, which worlds use, and on a real
// Redis: they differ.
func onRedis(t *testing.T, test func(r rig)) {
	for name, start := range map[string]func(*testing.T) string{
		"miniredis":    func(t *testing.T) string { return miniredis.RunT(t).Addr() },
		"redis-server": func(t *testing.T) string { return redistest.Start(t) },
	} {
		t.Run(name, func(t *testing.T) {
			c := redis.NewClient(&redis.Options{Addr: start(t)})
			t.Cleanup(func() { c.Close() })
			r := rig{T: t, client: c, timers: &expiry.Timers{Client: c}, ids: new(int)}
			r.users = newUserCache(c, expiry.Layout{}, func() string { *r.ids++; return fmt.Sprint("token", *r.ids) }, "user", 1000, 1)
			r.batches = &outbox{client: c, users: r.users, proof: proof}
			test(r)
		})
	}
}

func (r rig) append(id string) Appended {
	r.Helper()
	a, err := r.users.Append(r.Context(), ana, Message{ID: id, Type: "text", Text: "text of " + id}, Inactivity, 15*time.Second)
	if err != nil {
		r.Fatal(err)
	}
	return a
}

// say stores a message and makes its timer fire.
func (r rig) say(id string) {
	r.Helper()
	r.append(id)
	r.client.ZRem(r.Context(), deadline, ana)
}

// open has an owner claim the firing L.
func (r rig) open(owner string) *expiry.Firing {
	r.Helper()
	if err := r.client.HSet(r.Context(), firingKey, "id", "L", "owner", owner, "due", 1, "opened", 1, "attempt", 1).Err(); err != nil {
		r.Fatal(err)
	}
	if err := r.client.ZAdd(r.Context(), leases, redis.Z{Score: 1, Member: ana}).Err(); err != nil {
		r.Fatal(err)
	}
	return &expiry.Firing{Action: Inactivity, Identifier: ana, ID: "L", Owner: owner}
}

// closed has the firing handled.
func (r rig) closed() {
	r.client.Del(r.Context(), firingKey)
	r.client.ZRem(r.Context(), leases, ana)
}

func (r rig) begin(l *expiry.Firing) step {
	r.Helper()
	s, err := r.batches.begin(r.Context(), l)
	if err != nil {
		r.Fatal(err)
	}
	return s
}

// begins wants begin to say what is to be done, and to say it again.
func (r rig) begins(l *expiry.Firing, want string) (s step) {
	r.Helper()
	for range 2 {
		s = r.begin(l)
		got := s.do
		if got == "send" {
			got = fmt.Sprintf("send %d of %d, %d messages", s.part, s.parts, len(s.data.Messages))
		}
		if got != want {
			r.Errorf("got %s, want %s", got, want)
		}
	}
	return s
}

func (r rig) mark(n int, state, messageID string) {
	r.Helper()
	for range 2 {
		if err := r.batches.mark(r.Context(), part{ana, "L", n}, state, messageID); err != nil {
			r.Fatal(err)
		}
	}
}

// fails has a message fail, and wants its repetition to be nothing new.
func (r rig) fails(n int, messageID string, temporary bool, want int) {
	r.Helper()
	for _, want := range []int{want, 0} {
		did, err := r.batches.fail(r.Context(), part{ana, "L", n}, messageID, record(), temporary)
		if err != nil {
			r.Fatal(err)
		}
		if did != want {
			r.Errorf("the failure of %s: got %d, want %d", messageID, did, want)
		}
	}
}

func record() expiry.Parked {
	return expiry.Parked{Action: Inactivity, Identifier: ana, ID: "L", Reason: "failed"}
}

func (r rig) parked() int64 { return r.client.HLen(r.Context(), "wappa:parked").Val() }

func (r rig) state(n int) string {
	return r.client.HGet(r.Context(), batchKey, fmt.Sprint("p", n)).Val()
}

func (r rig) ttl() time.Duration { return r.client.PTTL(r.Context(), batchKey).Val() }

func (r rig) exists(key string) bool { return r.client.Exists(r.Context(), key).Val() == 1 }

func (r rig) want(what string, got, want any) {
	r.Helper()
	if got != want {
		r.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// past makes it long ago that a part was begun.
func (r rig) past(n int, owner string) {
	r.Helper()
	since := time.Now().Add(-proof - time.Second).UnixMilli()
	if err := r.client.HSet(r.Context(), batchKey, fmt.Sprint("p", n), fmt.Sprint(since, " ", owner)).Err(); err != nil {
		r.Fatal(err)
	}
}

func TestBeginSends(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		r.say("b")
		l := r.open("one")
		s := r.begins(l, "send 0 of 1, 2 messages")
		if s.texts != nil || s.data.Messages[1].Text != "text of b" {
			r.Errorf("got %+v", s)
		}
		if r.exists("wappa:user:+1") {
			r.Error("the session was not taken")
		}
		if end := r.client.ZScore(r.Context(), leases, ana).Val(); end < float64(time.Now().Add(expiry.Lease-time.Minute/4).UnixMilli()) {
			r.Errorf("the lease ends at %f", end)
		}
		if left := r.ttl(); left > 0 {
			r.Errorf("what was not sent is kept for %s", left)
		}
		r.append("c") // begins the next session
		r.begins(l, "send 0 of 1, 2 messages")
		r.mark(0, partSent, "wamid.1")
		r.begins(l, "done")
		r.want("p0", r.state(0), partSent)
		if left := r.ttl(); left <= 0 || left > sentLife {
			r.Errorf("what was sent is kept for %s", left)
		}
		r.mark(0, partDelivered, "wamid.1")
		if r.exists(batchKey) {
			r.Error("what was delivered is kept")
		}
		r.begins(l, "done")
		if data, err := r.users.Get(r.Context(), ana); err != nil || len(data.Messages) != 1 {
			r.Errorf("the next session: %+v, %v", data, err)
		}
	})
}

func TestBeginLost(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		l := r.open("one")
		other := *l
		other.Owner = "two"
		r.begins(&other, "lost")
		other = *l
		other.ID = "M"
		r.begins(&other, "lost")
		r.closed()
		r.begins(l, "lost")
		if !r.exists("wappa:user:+1") || r.exists(batchKey) {
			r.Error("the session was taken")
		}
	})
}

// TestBeginNone has nothing to send: no session, one without messages, and one that
// goes on.
func TestBeginNone(t *testing.T) {
	onRedis(t, func(r rig) {
		l := r.open("one")
		r.begins(l, "none")
		if err := r.users.Upsert(r.Context(), ana, map[string]any{"name": "Ana"}); err != nil {
			r.Fatal(err)
		}
		r.begins(l, "none")
		r.append("a")
		r.begins(l, "none")
		if data, err := r.users.Get(r.Context(), ana); err != nil || len(data.Messages) != 1 || data.Fields["name"] == nil {
			r.Errorf("the session: %+v, %v", data, err)
		}
		r.client.ZAdd(r.Context(), deadline, redis.Z{Score: 1, Member: ana}) // due again
		r.begins(l, "send 0 of 1, 1 messages")
	})
}

func TestBeginParked(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		l := r.open("one")
		r.client.HSet(r.Context(), "wappa:parked", record().Field(), record().Record())
		r.begins(l, "parked")
		if !r.exists("wappa:user:+1") {
			r.Error("the session was taken")
		}
	})
}

// TestProofWait has a part that may have been sent: nobody sends it until its proof
// has come, or did not in time.
func TestProofWait(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		r.begins(r.open("one"), "send 0 of 1, 1 messages")
		two := r.open("two")
		if s := r.begins(two, "wait"); s.wait <= 0 || s.wait > proof {
			r.Errorf("it waits %s", s.wait)
		}
		r.past(0, "one")
		r.begins(two, "send 0 of 1, 1 messages")
		if s := r.begins(r.open("three"), "wait"); s.wait < proof/2 {
			r.Errorf("it waits %s", s.wait)
		}
		r.mark(0, partSent, "wamid.1")
		r.begins(r.open("four"), "done")
	})
}

// TestProofWakes has the proof come while the firing waits for it, and while it is
// another's.
func TestProofWakes(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		r.begins(r.open("one"), "send 0 of 1, 1 messages")
		r.open("")
		later := float64(time.Now().Add(time.Minute).UnixMilli())
		r.client.ZAdd(r.Context(), leases, redis.Z{Score: later, Member: ana})
		r.mark(0, partSent, "wamid.1")
		if at := r.client.ZScore(r.Context(), leases, ana).Val(); at > float64(time.Now().UnixMilli()) {
			r.Errorf("it may be claimed at %f", at)
		}
		r.open("two")
		r.client.ZAdd(r.Context(), leases, redis.Z{Score: later, Member: ana})
		r.mark(0, partSent, "wamid.1")
		r.want("the lease of another", r.client.ZScore(r.Context(), leases, ana).Val(), later)
	})
}

func TestRelease(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		one := r.open("one")
		r.begins(one, "send 0 of 1, 1 messages")
		two := r.open("two")
		release := func(l *expiry.Firing) {
			r.Helper()
			for range 2 {
				if err := r.batches.release(r.Context(), l, 0); err != nil {
					r.Fatal(err)
				}
			}
		}
		release(two)
		r.begins(two, "wait")
		release(one)
		r.begins(two, "send 0 of 1, 1 messages")
		release(one)
		r.begins(r.open("three"), "wait")
		r.mark(0, partSent, "wamid.1")
		release(two)
		r.want("p0", r.state(0), partSent)
	})
}

// TestBatchOfParts sends a history in three parts, whose texts stay what they were stored
// as, and of which each is sent once.
func TestBatchOfParts(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		l := r.open("one")
		r.begins(l, "send 0 of 1, 1 messages")
		if err := r.batches.store(r.Context(), l, []string{"1 <", "2", "3"}); err != nil {
			r.Fatal(err)
		}
		s := r.begins(l, "send 0 of 3, 1 messages")
		r.want("the texts", strings.Join(s.texts, "|"), "1 <|2|3")
		r.mark(1, partDelivered, "wamid.2") // statuses come in any order
		r.mark(0, partSent, "wamid.1")
		s = r.begins(r.open("two"), "send 2 of 3, 1 messages")
		r.want("the texts", strings.Join(s.texts, "|"), "1 <|2|3")
		if left := r.ttl(); left > 0 {
			r.Errorf("what was sent in part is kept for %s", left)
		}
		r.mark(2, partDelivered, "wamid.3")
		r.mark(2, partSent, "wamid.3")
		r.want("p2", r.state(2), partDelivered)
		if left := r.ttl(); left <= 0 {
			r.Errorf("what was sent is kept for %s", left)
		}
		r.begins(r.open("three"), "done")
		r.mark(0, partDelivered, "wamid.1")
		if r.exists(batchKey) {
			r.Error("what was delivered is kept")
		}
		r.closed()
		r.begins(r.open("four"), "none") // a requeued firing, of which nothing is left
	})
}

// TestMarkAfterClose has statuses come when the firing is closed, and after the batch
// is gone: they open nothing.
func TestMarkAfterClose(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		r.begins(r.open("one"), "send 0 of 1, 1 messages")
		r.mark(0, partSent, "wamid.1")
		r.closed()
		r.mark(0, partDelivered, "wamid.1")
		r.mark(0, partSent, "wamid.1")
		r.fails(0, "wamid.1", true, 0)
		r.want("leases", r.client.ZCard(r.Context(), leases).Val(), int64(0))
		r.want("parked", r.parked(), int64(0))
		if r.exists(batchKey) || r.exists(firingKey) {
			r.Error("something is left")
		}
	})
}

// TestFailForGood has a part fail that WhatsApp had taken: the history is parked,
// and sent again when somebody says so.
func TestFailForGood(t *testing.T) {
	onRedis(t, func(r rig) {
		r.fails(0, "wamid.0", false, 0) // there is no such batch
		r.say("a")
		r.begins(r.open("one"), "send 0 of 1, 1 messages")
		r.mark(0, partSent, "wamid.1")
		r.closed()
		r.fails(0, "wamid.1", false, failedParked)
		r.want("parked", r.client.HGet(r.Context(), "wappa:parked", record().Field()).Val(), record().Record())
		if left := r.ttl(); left > 0 {
			r.Errorf("what has failed is kept for %s", left)
		}
		if r.exists(firingKey) {
			r.Error("it is handled again")
		}
		r.mark(0, partSent, "wamid.1") // late
		r.mark(0, partDelivered, "wamid.1")
		r.want("p0 after a late status", r.state(0), "")

		if err := r.timers.Requeue(r.Context(), record(), 0); err != nil {
			r.Fatal(err)
		}
		l := r.open("two")
		r.begins(l, "send 0 of 1, 1 messages")
		r.mark(0, partSent, "wamid.2")
		r.fails(0, "wamid.1", false, 0)
		r.want("parked", r.parked(), int64(0))
		r.begins(l, "done")
		r.fails(0, "wamid.2", false, failedParked)
		r.want("parked", r.parked(), int64(1))
		r.begins(l, "parked")
	})
}

// TestFailForNow has messages of a history fail again and again: it is sent again
// later and later, and parked in the end.
func TestFailForNow(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		r.begins(r.open("one"), "send 0 of 1, 1 messages")
		r.mark(0, partSent, "wamid.0")
		r.closed()
		for n := range maxFailures {
			before := time.Now()
			r.fails(0, fmt.Sprint("wamid.", n), true, failedAgain)
			at := time.UnixMilli(int64(r.client.ZScore(r.Context(), leases, ana).Val()))
			wait := expiry.Backoff(1, "L") << (2 * n)
			if at.Before(before.Add(wait-time.Second)) || at.After(time.Now().Add(wait+time.Second)) {
				r.Errorf("after failure %d it is sent again after %s, want %s", n+1, at.Sub(before), wait)
			}
			r.want("the open firing", r.client.HGet(r.Context(), firingKey, "id").Val(), "L")
			r.want("parked", r.parked(), int64(0))
			r.begins(r.open(fmt.Sprint("owner", n)), "send 0 of 1, 1 messages")
			r.mark(0, partSent, fmt.Sprint("wamid.", n+1))
			r.closed()
		}
		r.fails(0, fmt.Sprint("wamid.", maxFailures), true, failedParked)
		r.want("parked", r.parked(), int64(1))
		for n := range maxFailures {
			r.fails(0, fmt.Sprint("wamid.", n), true, 0) // late, and repeated
		}
		if r.exists(firingKey) {
			r.Error("it is handled again")
		}
	})
}

// TestFailBusy has a failure come while another firing of the user is open: the
// history is sent again when that one is closed.
func TestFailBusy(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		r.begins(r.open("one"), "send 0 of 1, 1 messages")
		r.mark(0, partSent, "wamid.1")
		r.open("two")
		r.client.HSet(r.Context(), firingKey, "id", "M")
		r.fails(0, "wamid.1", true, failedAgain)
		r.want("the open firing", r.client.HGet(r.Context(), firingKey, "id").Val(), "M")
		r.want("the one behind it", r.client.HGet(r.Context(), firingKey, "next").Val(), "L")
		r.want("parked", r.parked(), int64(0))
	})
}

// TestFailBeforeMark has the failure come before the answer to the message was
// recorded: that it was sent does not count any more.
func TestFailBeforeMark(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		l := r.open("one")
		r.begins(l, "send 0 of 1, 1 messages")
		r.fails(0, "wamid.1", true, failedAgain)
		r.mark(0, partSent, "wamid.1")
		r.want("p0", r.state(0), "")
		r.want("the owner", r.client.HGet(r.Context(), firingKey, "owner").Val(), "one")
		r.begins(l, "send 0 of 1, 1 messages")
		r.fails(0, "wamid.2", false, failedParked)
		r.mark(0, partSent, "wamid.2")
		r.begins(l, "parked")
	})
}

// TestFailDelivered has a failure come of what was delivered.
func TestFailDelivered(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		l := r.open("one")
		r.begins(l, "send 0 of 1, 1 messages")
		if err := r.batches.store(r.Context(), l, []string{"1", "2"}); err != nil {
			r.Fatal(err)
		}
		r.mark(0, partDelivered, "wamid.1")
		r.fails(0, "wamid.1", false, 0)
		r.want("parked", r.parked(), int64(0))
		r.begins(l, "send 1 of 2, 1 messages")
		r.mark(1, partSent, "wamid.2")
		r.fails(1, "wamid.2", false, failedParked)
		r.want("p0", r.state(0), partDelivered)
	})
}

// TestPace uses up what WhatsApp lets a user be sent: confirmations end at a point
// at which histories still fit in.
func TestPace(t *testing.T) {
	onRedis(t, func(r rig) {
		confirmed := 0
		for n := range 60 {
			if r.append(fmt.Sprint("m", n)).Confirm {
				confirmed++
				if n >= 50 {
					r.Errorf("message %d is confirmed", n+1)
				}
			}
		}
		// The pace recovers by one message in six seconds while this test runs.
		if confirmed < confirmBurst || confirmed > confirmBurst+9 {
			r.Errorf("%d were confirmed", confirmed)
		}
		r.client.ZRem(r.Context(), deadline, ana)
		l := r.open("one")
		r.begin(l)
		if err := r.batches.store(r.Context(), l, make([]string, 60)); err != nil {
			r.Fatal(err)
		}
		sent := 0
		for ; sent < 60; sent++ {
			s := r.begin(l)
			if s.do != "send" {
				if s.do != "pace" || s.wait <= 0 || s.wait > pairInterval {
					r.Errorf("got %+v", s)
				}
				break
			}
			r.begins(l, fmt.Sprintf("send %d of 60, 60 messages", sent)) // costs nothing more
			r.mark(sent, partSent, fmt.Sprint("wamid.", sent))
		}
		if sent < pairBurst-confirmBurst || sent > pairBurst-confirmBurst+10 {
			r.Errorf("%d parts were sent", sent)
		}
	})
}

// full stores as many messages as do not count against the pace yet.
func (r rig) full() {
	for n := range uncounted {
		if !r.append(fmt.Sprint("uncounted ", n)).Confirm {
			r.Errorf("message %d is not confirmed", n)
		}
	}
	r.want("what is counted", r.exists(paceKey), false)
}

// TestPaceAnew has a pace that was used up long ago.
func TestPaceAnew(t *testing.T) {
	onRedis(t, func(r rig) {
		r.full()
		r.client.Set(r.Context(), paceKey, time.Now().Add(-time.Hour).UnixMilli(), 0)
		if !r.append("a").Confirm {
			r.Error("not confirmed")
		}
		if left := r.client.PTTL(r.Context(), paceKey).Val(); left <= 0 || left > pairInterval {
			r.Errorf("the pace is kept for %s", left)
		}
		r.client.Set(r.Context(), paceKey, time.Now().Add(time.Hour).UnixMilli(), 0)
		if r.append("b").Confirm {
			r.Error("confirmed")
		}
	})
}

// TestAppendRepeated repeats the call of one message with its token, as go-redis
// does, with another, as a webhook that is delivered again does, and after others.
func TestAppendRepeated(t *testing.T) {
	onRedis(t, func(r rig) {
		r.full()
		r.client.Set(r.Context(), paceKey, time.Now().Add((confirmBurst-uncounted-1)*pairInterval-time.Second).UnixMilli(), 0) // room for one
		r.want("first", r.append("a"), Appended{uncounted + 1, true, true})
		*r.ids--
		r.want("repeated", r.append("a"), Appended{uncounted + 1, true, true})
		r.want("not confirmed", r.append("b"), Appended{uncounted + 2, true, false})
		*r.ids--
		r.want("repeated", r.append("b"), Appended{uncounted + 2, true, false})
		at := r.client.ZScore(r.Context(), deadline, ana).Val()
		r.want("delivered again", r.append("a"), Appended{uncounted + 1, false, false})
		r.want("the deadline", r.client.ZScore(r.Context(), deadline, ana).Val(), at)
		if data, err := r.users.Get(r.Context(), ana); err != nil || len(data.Messages) != uncounted+2 {
			r.Errorf("got %+v, %v", data, err)
		}
	})
}

// TestSessionLimit fills sessions, by their number of messages and by their size:
// they are due at once, and lose nothing that comes until they are taken.
func TestSessionLimit(t *testing.T) {
	onRedis(t, func(r rig) {
		r.users.limit = 3
		due := func() time.Duration {
			r.Helper()
			ttl, err := r.timers.TTL(r.Context(), Inactivity, ana)
			if err != nil {
				r.Fatal(err)
			}
			return ttl
		}
		for n, full := range []bool{false, false, true, true} {
			r.append(fmt.Sprint("m", n))
			if ttl := due(); (ttl == 0) != full {
				r.Errorf("after message %d the timer has %s", n+1, ttl)
			}
		}
		if ttl := r.client.Exists(r.Context(), "wappa:EXPTRIGGER:user_inactivity:+1").Val(); ttl != 0 {
			r.Error("there is a trigger in database 0")
		}
		r.begins(r.open("one"), "send 0 of 1, 4 messages")
		r.append("m5")
		if ttl := due(); ttl <= 0 {
			r.Errorf("after the first message of the next session the timer has %s", ttl)
		}

		r.users.limit = 1000
		if err := r.users.Upsert(r.Context(), ana, map[string]any{"note": strings.Repeat("x", maxSession)}); err != nil {
			r.Fatal(err)
		}
		r.append("m6")
		if ttl := due(); ttl != 0 {
			r.Errorf("a session of a megabyte has %s", ttl)
		}
	})
}

// TestLongFailure has all parts of a long history fail once, for now: it is sent
// again, and not parked as one that has failed too often.
func TestLongFailure(t *testing.T) {
	onRedis(t, func(r rig) {
		const n = maxFailures + 2
		r.say("a")
		l := r.open("one")
		r.begin(l)
		if err := r.batches.store(r.Context(), l, make([]string, n)); err != nil {
			r.Fatal(err)
		}
		for i := range n {
			r.begin(l)
			r.mark(i, partSent, fmt.Sprint("wamid.", i))
		}
		r.closed()
		for i := range n {
			r.fails(i, fmt.Sprint("wamid.", i), true, failedAgain)
		}
		r.want("parked", r.parked(), int64(0))
	})
}

// TestStoreByLoser has one who has lost the firing store texts: nothing is stored,
// also when the history was delivered meanwhile.
func TestStoreByLoser(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		loser := r.open("one")
		r.begin(loser)
		r.open("two")
		if err := r.batches.store(r.Context(), loser, []string{"x", "y"}); !errors.Is(err, expiry.ErrLost) {
			r.Errorf("got %v", err)
		}
		r.want("parts", r.client.HGet(r.Context(), batchKey, "parts").Val(), "1")
		r.mark(0, partDelivered, "wamid.1")
		l := r.open("one")
		if err := r.batches.store(r.Context(), l, []string{"x", "y"}); !errors.Is(err, expiry.ErrLost) {
			r.Errorf("after it was delivered: got %v", err)
		}
		r.want("the batch", r.exists(batchKey), false)
	})
}

// TestFailOfOlderCopy has the first copy of a part fail, of which nothing had been
// heard, after the second was sent: that one counts.
func TestFailOfOlderCopy(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		r.begin(r.open("one"))
		r.mark(0, partSent, "wamid.second")
		r.fails(0, "wamid.first", true, 0)
		r.want("the part", r.state(0), partSent)
		r.fails(0, "wamid.second", true, failedAgain)
	})
}
