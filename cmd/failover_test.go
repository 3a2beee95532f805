package cmd_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"wappasim/cmd/internal/stacktest"
)

// groupFleet is two bots on several Redis servers, and people who talk to them.
type groupFleet struct {
	*stacktest.Fleet
	t     *testing.T
	group *stacktest.Group
}

func newGroupFleet(t *testing.T, group *stacktest.Group) *groupFleet {
	f := &groupFleet{stacktest.NewFleet(t, stacktest.FleetConfig{Redis: group, Replicas: 2, Users: 51, Silence: 5 * time.Second}), t, group}
	f.Start()
	if out := f.Admin("-check"); strings.Count(out, "✅")+strings.Count(out, "⚠️") != 8 || !strings.Contains(out, "its event came") {
		t.Errorf("got %s", out)
	}
	return f
}

// seedFlow is the seed's flow: confirmations, triggers, silence, histories, and every
// bot gets every event. It returns on which master each user is. If the machine was too
// slow to say two things within the silence, or to see the triggers, it tries again.
func (f *groupFleet) seedFlow(name string) (where map[string]*stacktest.Node) {
	f.t.Helper()
	for attempt := 1; ; attempt++ {
		began := time.Now()
		where, slowest := f.trySeedFlow(fmt.Sprintf("%s %d", name, attempt))
		if where != nil || f.t.Failed() {
			return where
		}
		f.t.Logf("the machine took %s for what must happen within %s: trying again", slowest, f.Silence)
		if time.Since(began) > stacktest.Limit {
			f.t.Fatal("the machine is too slow")
		}
	}
}

func (f *groupFleet) trySeedFlow(name string) (where map[string]*stacktest.Node, slowest time.Duration) {
	t := f.t
	t.Helper()
	before := make(map[*stacktest.Replica]float64)
	for _, b := range f.Bots {
		if before[b] = b.Metric("wappa_notifications_total"); before[b] < 0 {
			t.Fatalf("replica %d does not show its metrics", b.N)
		}
	}
	inbox := make([]int, f.Users)
	took := make([]time.Duration, f.Users)
	for n := range f.Users {
		inbox[n] = len(f.Fake.Phone(f.User(n)).Inbox())
	}
	f.Together(func(n int, user string) {
		began := time.Now()
		f.Say(user, name+" one of "+user)
		f.Say(user, name+" two of "+user)
		took[n] = time.Since(began)
	})
	spoken := f.Spoken()
	where = make(map[string]*stacktest.Node)
	looked := time.Now()
	for talking := true; talking; time.Sleep(20 * time.Millisecond) {
		select {
		case <-spoken:
			talking = false
		default:
		}
		maps.Copy(where, f.group.Triggers()) // the first may fire before the last is set
		slowest, looked = max(slowest, time.Since(looked)), time.Now()
	}
	for _, d := range took {
		slowest = max(slowest, d)
	}
	f.AwaitHistories()
	if slowest >= f.Silence {
		return nil, slowest
	}
	if len(where) != f.Users {
		t.Errorf("%d of %d users have triggers", len(where), f.Users)
	}
	for n := range f.Users {
		var got []string
		for _, m := range f.Fake.Phone(f.User(n)).Inbox()[inbox[n]:] {
			got = append(got, m.Text)
		}
		all := strings.Join(got, "\n")
		if len(got) != 3 || !strings.Contains(all, "👋 Welcome!") || !strings.Contains(all, "💾 Message #1 stored! Timer reset to 5 seconds") ||
			!strings.Contains(all, "💾 Message #2 stored! Timer reset to 5 seconds") || !strings.Contains(got[2], "📬 Message History (2 messages)") {
			t.Errorf("%s got %q", f.User(n), got)
		}
	}
	for _, b := range f.Bots {
		stacktest.Eventually(t, "a bot to get the event of every trigger", func() bool {
			return b.Metric("wappa_notifications_total") >= before[b]+float64(f.Users)
		})
	}
	return where, slowest
}

// failOver kills the master of some users while they have timers, and while half of all
// users go on talking. Then everything that Redis kept must be in exactly one history.
//
// Replication is asynchronous, so the test waits for the replicas (WAIT) right before
// the kill. What was acknowledged before that must survive, and so must what was first
// delivered after the kill; of what came between, only the users of the killed master
// may miss some.
func (f *groupFleet) failOver(where map[string]*stacktest.Node, victim *stacktest.Node, promoted func() bool) {
	t := f.t
	t.Helper()
	over := make(chan struct{})
	begun := make(chan struct{}, f.Users)
	f.Together(func(n int, user string) {
		f.Say(user, "over 0 of "+user)
		f.Say(user, "over 1 of "+user)
		begun <- struct{}{}
		for m := 2; n%2 == 1; m++ { // the others have a timer that nobody restarts
			f.Say(user, fmt.Sprintf("over %d of %s", m, user))
			select {
			case <-over:
				return
			case <-t.Context().Done():
				return
			case <-time.After(400 * time.Millisecond):
			}
		}
	})
	for range f.Users {
		<-begun
	}
	fail := stacktest.Failover{Users: make(map[string]bool)}
	for user, n := range where {
		if n == victim {
			fail.Users[user] = true
		}
	}
	conn := victim.Client.Conn() // WAIT is for what a connection wrote, and all before
	defer conn.Close()
	var probe string
	stacktest.Eventually(t, "the master that is to be killed to have timers", func() bool {
		for _, key := range victim.Keys(0) {
			if prefix, _, ok := strings.Cut(key, "deadlines:"); ok {
				probe = prefix + "pace:probe" // in a slot of this master
			}
		}
		return probe != ""
	})
	fail.Replicated = time.Now()
	if err := conn.Set(t.Context(), probe, "1", time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	replicas := f.group.Replicas
	if n, err := conn.Wait(t.Context(), replicas, stacktest.Limit).Result(); err != nil || int(n) != replicas {
		t.Fatalf("%d replicas have it, %v", n, err)
	}
	victim.Kill()
	fail.Killed = time.Now()
	stacktest.Eventually(t, "a replica to be promoted", promoted)
	fail.Promoted = time.Now()
	f.Ledger.FailsOver(fail)
	t.Logf("a master with %d of %d users was killed, %s after its replicas had all; another is master %s later", len(fail.Users), len(where),
		fail.Killed.Sub(fail.Replicated).Round(time.Millisecond), fail.Promoted.Sub(fail.Killed).Round(10*time.Millisecond))
	close(over)
	f.AwaitSpeakers()
	f.AwaitHistories()
	for _, b := range f.Bots {
		stacktest.Eventually(t, "a bot to get events again", func() bool { return b.Metric("wappa_listener_up") == 1 })
	}
}

// settle wants nothing parked, and the ledger balanced.
func (f *groupFleet) settle() {
	f.t.Helper()
	if out := f.Admin("-parked"); out != "0 parked\n" {
		f.t.Errorf("got %s", out)
	}
	f.Settle()
	for _, b := range f.Bots {
		if b.Log.Count("drained") != 1 {
			f.t.Errorf("replica %d did not drain:\n%s", b.N, b.Log)
		}
	}
}

// TestClusterFailover is the seed's flow on a Redis Cluster, with a failover during it.
func TestClusterFailover(t *testing.T) {
	t.Parallel()
	group := stacktest.StartCluster(t)
	f := newGroupFleet(t, group)
	where := f.seedFlow("calm")
	users := make(map[*stacktest.Node]int)
	for _, n := range where {
		users[n]++
	}
	nodes := group.Nodes
	for i, n := range nodes[:3] {
		if users[n] == 0 {
			t.Errorf("master %d has no users", i)
		}
	}
	f.failOver(where, nodes[1], func() bool {
		for _, n := range nodes {
			if n.Alive() && !strings.Contains(n.Do("CLUSTER", "INFO"), "cluster_state:ok") {
				return false
			}
		}
		return nodes[4].IsMaster()
	})
	for user, n := range f.seedFlow("after") {
		if before := where[user]; before != n && (before != nodes[1] || n != nodes[4]) {
			t.Errorf("%s has moved to another master without need", user)
		}
	}
	f.settle()
}

// TestSentinelFailover is the seed's flow with Sentinels, with a failover during it.
func TestSentinelFailover(t *testing.T) {
	t.Parallel()
	group := stacktest.StartSentinels(t)
	f := newGroupFleet(t, group)
	where := f.seedFlow("calm")
	nodes := group.Nodes
	f.failOver(where, nodes[0], func() bool { return nodes[1].IsMaster() || nodes[2].IsMaster() })
	for user, n := range f.seedFlow("after") {
		if n == nodes[0] {
			t.Errorf("%s is on the master that was killed", user)
		}
	}
	f.settle()
}
